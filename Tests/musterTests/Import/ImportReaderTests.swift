import FoundationEssentials
import Testing

@testable import muster

@Suite
struct ImportReaderTests {
    /// Calls `body` with the paths of new files of these contents.
    private static func withFiles<Value>(
        _ contents: [[UInt8]], _ body: ([String]) throws -> Value
    ) throws -> Value {
        let folder = "/tmp/muster-import-test-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer {
            // What is left behind lies in the folder for temporary things.
            try? FileManager.default.removeItem(atPath: folder)
        }
        let paths = contents.indices.map { "\(folder)/\($0)" }
        for (path, bytes) in zip(paths, contents) {
            try Data(bytes).write(to: URL(filePath: path))
        }
        return try body(paths)
    }

    private static func reader(_ paths: [String]) throws(Failure) -> ImportReader {
        try ImportReader(paths) { CSVDecoder(column: "email", .add) }
    }

    private static func rows(_ paths: [String]) throws -> [InputRow] {
        var reader = try reader(paths)
        var rows: [InputRow] = []
        while let new = try reader.next() { rows += new }
        return rows
    }

    @Test func `files are read one after the other, each with its header and its lines`() throws {
        let files = ["email\na@x.example\n", "id,email\n1,b@x.example"].map { Array($0.utf8) }
        let rows = try Self.withFiles(files) { try Self.rows($0) }
        #expect(
            rows == [
                InputRow(file: 0, line: 2, content: .change(.add, member: "a@x.example")),
                InputRow(file: 1, line: 2, content: .change(.add, member: "b@x.example")),
            ])
    }

    private static let unfit: [([UInt8], String)] = [
        ([0x1F, 0x8B, 8, 0], "is compressed"),
        ([0xFF, 0xFE, 0x61, 0], "is UTF-16, and not UTF-8"),
        (Array("email\n".utf8) + [0], "is no text: it holds bytes of zero"),
        (Array("mail\na@x.example\n".utf8), "line 1: the header has 1 column, and none is called"),
    ]

    @Test(arguments: unfit)
    func `what is no input is refused by its name before a row is taken`(
        bytes: [UInt8], words: String
    ) throws {
        try Self.withFiles([bytes]) { paths in
            let failure = #expect(throws: Failure.self) { try Self.rows(paths) }
            #expect(failure?.status == .misuse)
            #expect(failure?.message?.hasPrefix(paths[0]) == true)
            #expect(failure?.message?.contains(words) == true)
        }
    }

    @Test func `a file that is written to while it is read is given up`() throws {
        try Self.withFiles([Array("email\na@x.example\n".utf8)]) { paths in
            var reader = try Self.reader(paths)
            #expect(try reader.next()?.count == 1)
            let handle = try #require(FileManager.default.contents(atPath: paths[0]))
            try (handle + Data("b@x.example\n".utf8)).write(to: URL(filePath: paths[0]))
            let failure = #expect(throws: Failure.self) { try reader.next() }
            #expect(failure?.status == .conflict)
        }
    }

    @Test func `a file that is not there, or is none, is misuse`() throws {
        let missing = #expect(throws: Failure.self) { try Self.reader(["/tmp/no/such"]) }
        #expect(missing?.status == .misuse)
        #expect(missing?.message == "there is no file /tmp/no/such")
        #expect(throws: Failure.misuse("/tmp: the input is a directory")) {
            try Self.rows(["/tmp"])
        }
    }
}
