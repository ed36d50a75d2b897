import Glibc
import Synchronization

/// Bytes that nobody is to find in memory later: overwritten when the last who holds them lets go.
final class Secret: Sendable {
    private let bytes: Mutex<[UInt8]>

    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Mutex(Array(bytes))
    }

    deinit {
        bytes.withLock { $0.wipe() }
    }

    /// What `body` makes of the bytes; it must keep no copy longer than it is needed.
    func withBytes<Value: Sendable>(_ body: ([UInt8]) -> Value) -> Value {
        bytes.withLock { body($0) }
    }
}

extension [UInt8] {
    /// Overwrites all bytes with zero, in a way that the compiler does not leave out.
    mutating func wipe() {
        // The call writes the array's own bytes, and is one that is never optimised away.
        unsafe withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            unsafe explicit_bzero(start, bytes.count)
        }
    }
}
