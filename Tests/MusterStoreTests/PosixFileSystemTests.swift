import Glibc
import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

/// A fresh directory of the host, removed when the test ends.
final class TemporaryDirectory: Sendable {
    let path: String

    init() {
        var bytes = Array("/tmp/muster-test-XXXXXX".utf8CString)
        // mkdtemp writes the name into the array's own memory, which ends with a zero byte.
        path = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, let made = unsafe mkdtemp(start) else {
                return ""
            }
            return unsafe String(cString: made)
        }
    }

    deinit {
        for name in ["log", "quarantine", ""] {
            let directory = name.isEmpty ? path : path + "/" + name
            // What cannot be removed stays in /tmp; no test depends on it.
            for file in (try? PosixFileSystem(root: directory).names(in: "")) ?? [] {
                _ = unsafe unlink(directory + "/" + file)
            }
            _ = unsafe rmdir(directory)
        }
    }
}

@Suite struct `The host's files` {
    @Test func `a log is written, found again and locked`() throws {
        let directory = TemporaryDirectory()
        let disk = PosixFileSystem(root: directory.path)
        var random = Random(seed: 1)
        var events: [Event] = []
        for _ in 0..<3 {
            let opened = try OpenedLog(disk)
            #expect(opened.events == events)
            #expect(logError { () throws(LogError) in _ = try OpenedLog(disk) } == .locked)
            let new = random.events(most: 30)
            _ = try opened.log.append(new) { random.salt() }
            events += new
            try opened.log.close()
        }
        #expect(try OpenedLog(disk).events == events)
    }

    @Test func `files and directories are their owner's alone, and links are not followed`() throws
    {
        let directory = TemporaryDirectory()
        let disk = PosixFileSystem(root: directory.path)
        try disk.makeDirectory("log")
        try disk.create("secret", with: [1, 2, 3])
        #expect(mode(directory.path + "/log") == 0o700)
        #expect(mode(directory.path + "/secret") == 0o600)
        _ = unsafe symlink(directory.path + "/secret", directory.path + "/link")
        #expect(throws: FileError("open", "link", code: ELOOP)) {
            try disk.open("link", .read)
        }
        #expect(try disk.content(of: "secret", limit: 100) == [1, 2, 3])
        #expect(try disk.content(of: "none", limit: 100) == nil)
        #expect(try disk.names(in: "") == ["link", "log", "secret"])
        #expect(try disk.names(in: "nowhere") == nil)
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        // The C function fills the structure and keeps nothing.
        _ = unsafe lstat(path, &status)
        return status.st_mode & 0o777
    }
}
