import CMuster
import Glibc
import MusterCore
import SystemPackage

/// What the daemon takes from the host it runs on.
struct Host: Sendable {
    let clock: any WallClock
    let credentials: Credentials
    let zoneDirectory: FilePath
    /// The way to TTD, shared by all.
    let calls: APICalls
}

/// The kernel's random source.
enum Randomness {
    /// `count` random bytes, at most 256.
    static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // The shim fills the array's own bytes.
        let result = unsafe bytes.withUnsafeMutableBytes {
            unsafe muster_random($0.baseAddress, $0.count)
        }
        // The source never fails once the kernel has booted; without it no salt can be trusted.
        precondition(result == 0, "the kernel gives no random bytes")
        return bytes
    }

    static func number() -> UInt64 {
        bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// Salts for commits, drawn some at a time: to ask the kernel twice for each commit is a hundredth of
/// the time of a small one.
struct Salts {
    private var ready: [Salt] = []

    /// A salt that was never given before.
    mutating func next() -> Salt {
        if ready.isEmpty {
            let bytes = Randomness.bytes(256)
            ready = stride(from: 0, to: bytes.count, by: 16).map { place in
                Salt(
                    first: bytes.span.number(at: place), second: bytes.span.number(at: place + 8))
            }
        }
        return ready.removeLast()
    }
}

/// How the process ends, as sysexits.h and the service unit know it.
enum Exit: Int32 {
    case usage = 64
    case dataDamaged = 65
    case unavailable = 69
    case cannotCreate = 73
    case inputOutput = 74
    case temporaryFailure = 75
    case noPermission = 77
    case configuration = 78

    /// Ends the process at once, without any clean-up that could pretend a success.
    static func now(_ code: Exit) -> Never {
        _exit(code.rawValue)
    }
}
