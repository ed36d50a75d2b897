import Foundation
import SystemPackage

/// A directory of one test, gone with the test.
final class Scratch: Sendable {
    let path: String

    init() throws {
        // Memory where there is some: these tests replay and sync more than any disk likes.
        let roots = ["/dev/shm", NSTemporaryDirectory()]
        let root = roots.first { FileManager.default.isWritableFile(atPath: $0) } ?? "/tmp"
        path = root + "/musterd-" + String(UUID().uuidString.prefix(13))
        for name in ["state", "credentials", "zones/Test"] {
            try FileManager.default.createDirectory(
                atPath: path + "/" + name, withIntermediateDirectories: true)
        }
        try write(Self.zone("EST5EDT,M3.2.0,M11.1.0"), to: "zones/Test/NewYork")
    }

    deinit {
        // What cannot be removed is left to the system's own cleaning.
        try? FileManager.default.removeItem(atPath: path)
    }

    var state: String { path + "/state" }
    var credentials: FilePath { FilePath(path + "/credentials") }
    var zones: FilePath { FilePath(path + "/zones") }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    /// Changes the last byte of a file where it lies, as a failing disk does.
    func damage(_ name: String) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path + "/" + name))
        defer { file.closeFile() }
        let end = try file.seekToEnd()
        try file.seek(toOffset: end - 1)
        let last = try file.read(upToCount: 1)?.first ?? 0
        try file.seek(toOffset: end - 1)
        try file.write(contentsOf: Data([last ^ 1]))
    }

    /// Writes the credential's file.
    func credential(_ text: String, _ name: String = "ttd-token") throws {
        try write(Array(text.utf8), to: "credentials/" + name)
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: path + "/" + name)
    }

    /// A zone file without changes: the rule in its footer is all.
    private static func zone(_ rule: String) -> [UInt8] {
        let header = Array("TZif2".utf8) + Array(repeating: 0, count: 15)
        let counts: [UInt8] = [0, 0, 0, 0, 1, 4].flatMap { [0, 0, 0, $0] }
        let block: [UInt8] = [0, 0, 0, 0, 0, 0] + Array("UTC\0".utf8)
        return header + counts + block + header + counts + block + Array("\n\(rule)\n".utf8)
    }
}
