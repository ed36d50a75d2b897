import Testing

@testable import MusterStore
@testable import muster

@Suite struct ListOutputTests {
    private static func names(_ path: String) throws -> [String]? {
        try PosixFileSystem(root: path).names(in: "")?.filter { $0.hasPrefix("sent") }
    }

    @Test func `a list that is stopped leaves no file and says so`() throws {
        let directory = try LogDirectory([])
        let path = directory.path + "/sent"
        let list = try ListOutput(path, isForced: false)
        try list.write([1, 2, 3])
        #expect(try Self.names(directory.path)?.count == 1)
        let told = list.discarded(Failure(.interrupted, "interrupted"))
        #expect(told == Failure(.interrupted, "stopped; \(path) was not written"))
        #expect(try Self.names(directory.path) == [])
    }

    @Test func `what else goes wrong is told as it is`() throws {
        let directory = try LogDirectory([])
        let failure = Failure(.logDamaged, "damaged")
        let list = try ListOutput(directory.path + "/sent", isForced: false)
        #expect(list.discarded(failure) == failure)
        #expect(try Self.names(directory.path) == [])
    }

    @Test func `a list that is kept takes the place of another only where that is asked for`()
        throws
    {
        let directory = try LogDirectory([])
        let path = directory.path + "/sent"
        try ListOutput(path, isForced: false).keep()
        #expect(throws: Failure.self) { try ListOutput(path, isForced: false) }
        let list = try ListOutput(path, isForced: true)
        try list.write([7])
        try list.keep()
        #expect(try PosixFileSystem(root: directory.path).content(of: "sent", limit: 9) == [7])
    }

    @Test func `a list that begins anew holds nothing of what was void`() throws {
        let directory = try LogDirectory([])
        let list = try ListOutput(directory.path + "/sent", isForced: false)
        try list.write([1, 2, 3])
        try list.restart()
        try list.write([7])
        try list.keep()
        #expect(try PosixFileSystem(root: directory.path).content(of: "sent", limit: 9) == [7])
    }

    @Test func `a device is written to as it is`() throws {
        let list = try ListOutput("/dev/null", isForced: false)
        try list.write([1])
        try list.keep()
        #expect(!ListOutput.isFile("/dev/null") && !ListOutput.isFile("-"))
    }
}
