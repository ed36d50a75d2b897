import Glibc
import Testing

@testable import MusterStore
@testable import muster

@Suite struct NewFileTests {
    /// The names in a directory of its own, which is removed afterwards.
    private static func inDirectory(_ body: (String) throws -> Void) throws {
        let directory = try LogDirectory([])
        try body(directory.path)
    }

    private static func names(_ path: String) throws -> [String] {
        try PosixFileSystem(root: path).names(in: "")?.filter { $0.hasPrefix("list") } ?? []
    }

    private static func content(_ path: String) throws -> [UInt8]? {
        try PosixFileSystem(root: path).content(of: "list", limit: 100)
    }

    @Test func `a file has its name when it is whole, and is its owner's`() throws {
        try Self.inDirectory { path in
            let file = try NewFile(path + "/list", replacing: false)
            try file.write([1, 2])
            #expect(try Self.content(path) == nil)
            try file.write([3])
            try file.keep()
            #expect(try Self.names(path) == ["list"])
            #expect(try Self.content(path) == [1, 2, 3])
            var status = stat()
            // The C function fills the structure and keeps nothing.
            #expect(unsafe stat(path + "/list", &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
    }

    @Test(arguments: [0, 3, 1 << 20, Int.max])
    func `a file for which room was kept has what was written, and takes no more`(reserved: Int)
        throws
    {
        try Self.inDirectory { path in
            let file = try NewFile(path + "/list", replacing: false)
            file.reserve(reserved)
            try file.write([1, 2])
            try file.restart()
            try file.write([1, 2, 3])
            try file.keep()
            #expect(try Self.content(path) == [1, 2, 3])
            var status = stat()
            // The C function fills the structure and keeps nothing.
            #expect(unsafe stat(path + "/list", &status) == 0)
            #expect(status.st_blocks * 512 <= 64 << 10)
        }
    }

    @Test func `room that was kept goes back where nothing is written anew`() throws {
        try Self.inDirectory { path in
            let file = try NewFile(path + "/list", replacing: false)
            file.reserve(1 << 20)
            try file.write([1, 2, 3])
            try file.keep()
            var status = stat()
            // The C function fills the structure and keeps nothing.
            #expect(unsafe stat(path + "/list", &status) == 0)
            #expect(status.st_size == 3 && status.st_blocks * 512 <= 64 << 10)
        }
    }

    @Test func `a file that is taken back leaves what was there`() throws {
        try Self.inDirectory { path in
            let first = try NewFile(path + "/list", replacing: false)
            try first.write([1])
            try first.keep()
            #expect(throws: Failure.self) { try NewFile(path + "/list", replacing: false) }
            let second = try NewFile(path + "/list", replacing: true)
            try second.write([2])
            second.discard()
            #expect(try Self.names(path) == ["list"] && Self.content(path) == [1])
            let third = try NewFile(path + "/list", replacing: true)
            try third.keep()
            #expect(try Self.content(path) == [])
        }
    }

    @Test func `a text takes the place of another as a whole, and is for everybody to read`() throws
    {
        try Self.inDirectory { path in
            let mask = umask(0o077)
            defer { umask(mask) }
            for text in ["old and longer", "new"] {
                try NewFile.replace(path + "/list", with: text, mode: 0o644)
            }
            #expect(try Self.content(path) == Array("new".utf8))
            #expect(try Self.names(path) == ["list"])
            var status = stat()
            // The C function fills the structure and keeps nothing.
            #expect(unsafe stat(path + "/list", &status) == 0)
            #expect(status.st_mode & 0o777 == 0o644)
        }
    }

    @Test func `a text that cannot take a place leaves nothing behind`() throws {
        let directory = try LogDirectory([])
        let path = directory.path + "/list"
        // The C function reads the path's bytes and keeps nothing.
        #expect(unsafe mkdir(path, 0o700) == 0)
        let error = #expect(throws: Failure.self) {
            try NewFile.replace(path, with: "text", mode: 0o644)
        }
        #expect(error?.status == .misuse)
        #expect(try Self.names(directory.path) == ["list"])
    }

    @Test(arguments: ["/no/where/list", "/proc/list"])
    func `where no file can be, that is said`(path: String) {
        let error = #expect(throws: Failure.self) { try NewFile(path, replacing: false) }
        #expect(error?.status == .misuse && error?.message?.contains(path) == true)
    }

    @Test func `a device is written to and not replaced`() throws {
        #expect(NewFile.isStream("/dev/null"))
        try Self.inDirectory { path in
            #expect(!NewFile.isStream(path) && !NewFile.isStream(path + "/none"))
        }
    }
}
