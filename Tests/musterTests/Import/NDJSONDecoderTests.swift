import Testing

@testable import muster

@Suite
struct NDJSONDecoderTests {
    private static func content(_ line: String, of field: String = "email") -> [InputRow.Content] {
        var decoder = NDJSONDecoder(field: field, .add)
        return decoder.rows(of: Array(line.utf8), isLast: true).map(\.content)
    }

    @Test func `a field of each object is a member, however the bytes are cut`() {
        let text =
            "{\"email\": \"a@x.example\", \"age\": 1.5}\r\n\n[1]\n"
            + "{\"email\": \"b@x.example\"}"
        for size in 1...text.utf8.count {
            var decoder = NDJSONDecoder(field: "email", .remove)
            var rows: [InputRow] = []
            for start in stride(from: 0, to: text.utf8.count, by: size) {
                rows += decoder.rows(
                    of: Array(Array(text.utf8)[start...].prefix(size)), isLast: false)
            }
            rows += decoder.rows(of: [], isLast: true)
            #expect(
                rows == [
                    InputRow(line: 1, content: .change(.remove, member: "a@x.example")),
                    InputRow(line: 3, content: .rejected(.notJSON)),
                    InputRow(line: 4, content: .change(.remove, member: "b@x.example")),
                ])
        }
    }

    @Test func `a dot leads into an object`() {
        #expect(
            Self.content("{\"user\": {\"mail\": \"a@x.example\"}}", of: "user.mail")
                == [.change(.add, member: "a@x.example")])
    }

    @Test(arguments: [
        "{}", "{\"email\": null}", "{\"email\": 7}", "{\"email\": \"\"}",
        "{\"Email\": \"a@x.example\"}",
    ])
    func `an object without a text in the field is rejected for that`(line: String) {
        #expect(Self.content(line) == [.rejected(.fieldMissing)])
        #expect(Self.content(line, of: "email.a") == [.rejected(.fieldMissing)])
    }

    @Test func `a line or a member that is far too long is rejected`() {
        let long = String(repeating: "a", count: LineDecoder.longestMember + 1)
        #expect(Self.content("{\"email\": \"\(long)\"}") == [.rejected(.tooLong)])
        let line = "{\"a\": \"\(String(repeating: "a", count: 1 << 20))\", \"email\": \"a@x\"}"
        #expect(Self.content(line) == [.rejected(.tooLong)])
    }
}
