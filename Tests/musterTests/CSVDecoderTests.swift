import Testing

@testable import muster

@Suite
struct CSVDecoderTests {
    /// The rows of the column `email` of `text`, fed in pieces of `size` bytes.
    private static func rows(_ text: String, by size: Int = 1 << 20) throws(InputError)
        -> [InputRow]
    {
        var decoder = CSVDecoder(column: "email", .remove)
        let bytes = Array(text.utf8)
        var rows: [InputRow] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            rows += try decoder.rows(of: Array(bytes[start...].prefix(size)), isLast: false)
        }
        return rows + (try decoder.rows(of: [], isLast: true))
    }

    private static func row(_ line: Int, _ member: String) -> InputRow {
        InputRow(line: line, content: .change(.remove, member: member))
    }

    private static let text =
        "\u{FEFF}\"id\",email,\"a \"\"note\"\"\"\r\n"
        + "1,a@x.example,\"two\nlines, and a comma\"\r\n"
        + "\r\n"
        + "2,\"b\"\"b@x.example\",\n"
        + "3\r\n"
        + "4,,\n"
        + "5,c@x.example"

    @Test(arguments: 1...text.utf8.count)
    func `quotes, commas, line ends and a byte order mark are read however they are cut`(
        size: Int
    ) throws {
        #expect(
            try Self.rows(Self.text, by: size) == [
                Self.row(2, "a@x.example"), Self.row(5, "b\"b@x.example"),
                InputRow(line: 6, content: .rejected(.columnMissing)), Self.row(7, ""),
                Self.row(8, "c@x.example"),
            ])
    }

    @Test func `one column needs no commas, and empty lines are no records`() throws {
        #expect(
            try Self.rows("email\na@x.example\n\nb@x.example\n")
                == [Self.row(2, "a@x.example"), Self.row(4, "b@x.example")])
    }

    @Test(arguments: [
        (
            "Email,id\na@x.example,1\n", 1,
            "the header has 2 columns, and none is called \"email\"; --column takes the name of one"
        ),
        ("email,email\n", 1, "2 columns are called \"email\""),
        ("", 1, "there is no header"),
        ("id,email\n1,a\"b\n", 2, "a quotation mark stands inside a field without quotes"),
        ("id,email\n1,\"a\"b\n", 2, "text follows a closing quotation mark"),
        ("id,email\n1,a\n2,\"b\n3,c\n", 3, "a quotation mark is never closed"),
        ("id,email\r1,a\r", 1, "a carriage return stands without a line feed"),
    ])
    func `what cannot be read is named with its line`(text: String, line: Int, message: String) {
        #expect(throws: InputError(line: line, message: message)) { try Self.rows(text) }
    }

    @Test func `a field too long for a member is rejected in its own column only`() throws {
        let long = String(repeating: "a", count: LineDecoder.longestMember + 1)
        #expect(
            try Self.rows("email,note\na@x.example,\(long)\n\(long),b\n") == [
                Self.row(2, "a@x.example"), InputRow(line: 3, content: .rejected(.tooLong)),
            ])
    }

    @Test func `a header without end is given up`() {
        let header = String(repeating: "a,", count: 40_000)
        #expect(throws: InputError(line: 1, message: "the header is longer than 65,536 bytes")) {
            try Self.rows(header)
        }
    }
}
