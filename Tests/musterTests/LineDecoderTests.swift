import Testing

@testable import muster

@Suite
struct LineDecoderTests {
    /// The rows of `text`, fed in pieces of `size` bytes.
    private static func rows(_ text: [UInt8], by size: Int) -> [InputRow] {
        var decoder = LineDecoder(.add)
        var rows: [InputRow] = []
        for start in stride(from: 0, to: text.count, by: size) {
            rows += decoder.rows(of: Array(text[start...].prefix(size)), isLast: false)
        }
        return rows + decoder.rows(of: [], isLast: true)
    }

    private static let text = Array(
        "\u{FEFF}a@x.example\r\n\n  b@x.example \n \t\nc@x.example".utf8)

    @Test(arguments: 1...text.count)
    func `lines are the same however they are cut`(size: Int) {
        #expect(
            Self.rows(Self.text, by: size) == [
                InputRow(line: 1, content: .change(.add, member: "a@x.example")),
                InputRow(line: 3, content: .change(.add, member: "b@x.example")),
                InputRow(line: 5, content: .change(.add, member: "c@x.example")),
            ])
    }

    @Test(arguments: [1, 100, 5000, 20_000])
    func `a line that is too long is passed over whole`(size: Int) {
        let long = [UInt8](repeating: 0x61, count: LineDecoder.longestMember + 1)
        let text = Array("a\n".utf8) + long + Array("\nb\n".utf8) + long
        #expect(
            Self.rows(text, by: size) == [
                InputRow(line: 1, content: .change(.add, member: "a")),
                InputRow(line: 2, content: .rejected(.tooLong)),
                InputRow(line: 3, content: .change(.add, member: "b")),
                InputRow(line: 4, content: .rejected(.tooLong)),
            ])
    }

    @Test func `a line that is not UTF-8 is rejected`() {
        #expect(
            Self.rows([0x61, 0xFF, 0x0A], by: 8) == [
                InputRow(line: 1, content: .rejected(.notText))
            ])
    }
}
