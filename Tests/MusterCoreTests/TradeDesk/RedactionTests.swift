import MusterCore
import Testing

@Suite struct RedactionTests {
    private static let digest = "tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ="
    private static let hex = "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514"
    private static let dump = Array(repeating: "4a", count: 20).joined(separator: " ")

    private func kept(_ text: String) -> String {
        Redaction.kept(of: Array(text.utf8))
    }

    @Test(arguments: [
        #"{"Message":"no such segment","n":[1,-2.5e3,true,null]}"#,
        #"{"ReferenceId":"0f8fad5b-d9cb-469f-a165-70867728950e"}"#,
        #"{"Url":"https://host/path"}"#,
        #"{"a":"what? why://"}"#,
        "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
        "Bad Gateway", "", "{", "100% of 5 &#; \\",
        String(repeating: "a", count: 39),
        "de ad be ef and so on",
    ])
    func `what names nobody is kept as it is`(text: String) {
        #expect(kept(text) == text)
    }

    @Test(arguments: [
        (#"{"a":"jane@example.com"}"#, #"{"a":"<redacted 16 bytes>"}"#),
        (#"{"jane@example.com":1}"#, #"{"<redacted 16 bytes>":1}"#),
        (#"{"a":"Jane Doe <jane@example.com>"}"#, #"{"a":"<redacted 27 bytes>"}"#),
        (#"{"a":"jane\u0040example.com"}"#, #"{"a":"<redacted 21 bytes>"}"#),
        (#"{"a":"jane%40example.com"}"#, #"{"a":"<redacted 18 bytes>"}"#),
        (#"{"a":"jane%2540example.com"}"#, #"{"a":"<redacted 20 bytes>"}"#),
        (#"{"a":"jane&#64;example.com"}"#, #"{"a":"<redacted 20 bytes>"}"#),
        (#"{"a":"jane&#x40;example.com"}"#, #"{"a":"<redacted 21 bytes>"}"#),
        (#"{"a":"jane＠example.com"}"#, #"{"a":"<redacted 18 bytes>"}"#),
        (#"{"a":"jane%EF%BC%A0example.com"}"#, #"{"a":"<redacted 24 bytes>"}"#),
        (#"{"a":"{\"b\":\"jane\\u0040x.com\"}"}"#, #"{"a":"<redacted 28 bytes>"}"#),
        (#"{"a":"https://h/p?s=1"}"#, #"{"a":"<redacted 15 bytes>"}"#),
        (#"{"a":"https:\/\/h\/p?s=1"}"#, #"{"a":"<redacted 18 bytes>"}"#),
        (#"{"a":"https%3A%2F%2Fh%3Fs"}"#, #"{"a":"<redacted 19 bytes>"}"#),
        (#"{"a":"https:\u002f\u002Fh?"}"#, #"{"a":"<redacted 20 bytes>"}"#),
    ])
    func `in JSON a whole literal goes`(text: String, expected: String) {
        #expect(kept(text) == expected)
    }

    @Test(arguments: [digest, hex, hex.uppercased(), dump, String(repeating: "-_", count: 20)])
    func `digests go, in every form`(secret: String) {
        let mark = "<redacted \(secret.utf8.count) bytes>"
        #expect(kept(#"{"a":"\#(secret)"}"#) == #"{"a":"\#(mark)"}"#)
        #expect(kept(#"{"a":"\#(secret)"#) == #"{"a":"\#(mark)"#)
        #expect(kept("<a>\(secret)</a> end") == "<a>\(mark)</a> end")
    }

    @Test func `a digest with escaped slashes goes`() {
        let escaped = Self.digest.replacing("/", with: #"\/"#)
        #expect(kept("[\"\(escaped)\"]") == "[\"<redacted 45 bytes>\"]")
        let percent = hexBytes(Self.hex)
        #expect(kept("[\"\(percent)\"]") == "[\"<redacted 192 bytes>\"]")
    }

    private func hexBytes(_ text: String) -> String {
        text.utf8.map { "%" + String($0, radix: 16) }.joined()
    }

    @Test(arguments: [
        (#"{"a":"jane@example.com"#, #"{"a":"<redacted 16 bytes>"#),
        ("mail jane@example.com, please", "mail <redacted 17 bytes> please"),
        ("<a href='https://h/p?s=1'>x</a>", "<a href='<redacted 15 bytes>'>x</a>"),
        ("GET https:%2f%2fh/p%3fs", "GET <redacted 19 bytes>"),
    ])
    func `in other text a word goes`(text: String, expected: String) {
        #expect(kept(text) == expected)
    }

    @Test func `broken JSON without quotes is judged by the word`() {
        #expect(kept(#"{"a":jane\u0040example.com "#) == #"{"a"<redacted 22 bytes> "#)
    }

    @Test func `what is wrapped too often is not trusted`() {
        let wrapped = "jane%" + String(repeating: "25", count: 6) + "40example.com"
        #expect(kept(wrapped).hasPrefix("<redacted"))
    }

    @Test func `UTF-16 hides nothing`() {
        let wide: [UInt8] = Self.hex.utf8.flatMap { [$0, 0] as [UInt8] }
        #expect(Redaction.kept(of: wide) == "<redacted 128 bytes>")
    }

    @Test func `a string cut short is taken for a secret`() {
        #expect(
            Redaction.kept(of: Array("to jane".utf8), isWhole: false) == "to <redacted 4 bytes>")
        #expect(Redaction.kept(of: Array("to jane".utf8)) == "to jane")
        let cut = Array(#"{"a":"jane"#.utf8)
        #expect(Redaction.kept(of: cut, isWhole: false) == #"{"a":"<redacted 4 bytes>"#)
    }

    @Test(arguments: [4095, 4096, 4097, 70_000])
    func `at most 4 KiB are kept, and no half of a secret`(count: Int) {
        let words = String(repeating: "é ", count: count / 3)
        let text = kept(words + "jane@example.com")
        #expect(text.utf8.count <= 4096)
        #expect(!text.contains("jane"))
        #expect(text.utf8.count > 4000)
    }

    @Test func `bytes that are no text stay within the limit`() {
        let text = Redaction.kept(of: [UInt8](repeating: 0xFF, count: 5000))
        #expect(text.utf8.count <= 4096)
        #expect(Redaction.kept(of: [0x1B, 0x5B, 0x41, 0x0A, 0x7F]) == " [A  ")
    }
}
