import MusterCore
import Testing

@Suite
struct JSONWriterTests {
    @Test(
        arguments: [
            (nil, "null"), (true, "true"), (false, "false"), (-7, "-7"), ([], "[]"), ([:], "{}"),
            ([1, [2, "x"]], #"[1,[2,"x"]]"#),
            (["b": 1, "a": ["c": nil]], #"{"b":1,"a":{"c":null}}"#),
            ("\"\\/", #""\"\\/""#), ("\u{8}\u{9}\u{A}\u{C}\u{D}", #""\b\t\n\f\r""#),
            ("\u{0}\u{1}\u{F}\u{10}\u{1F}\u{7F}", #""\u0000\u0001\u000f\u0010\u001f\#u{7F}""#),
            ("é\u{2028}\u{2029}😀", "\"é\u{2028}\u{2029}😀\""), (["a\"b": 0], #"{"a\"b":0}"#),
        ] as [(JSON, String)])
    func `a value has one compact text`(value: JSON, text: String) {
        #expect(String(decoding: value.encoded(), as: UTF8.self) == text)
    }

    @Test(arguments: JSONSuite.accepted)
    func `the suite's good texts are written so that they mean the same`(
        name: String, text: Bytes, value: JSON
    ) throws {
        let written = value.encoded()
        #expect(try JSON.parse(written) == value)
        #expect(try JSON.parse(Array(value.pretty().utf8)) == value)
        // There is one text of a value, whatever the text it was read from.
        #expect(try JSON.parse(text.all).encoded() == written)
        #expect(!written.contains { $0 < 0x20 })
    }

    @Test
    func `people get a line each`() {
        let value: JSON = ["runs": [1, ["state": "held"]], "none": [], "empty": [:]]
        let text = """
            {
              "runs": [
                1,
                {
                  "state": "held"
                }
              ],
              "none": [],
              "empty": {}
            }
            """
        #expect(value.pretty() == text)
    }

    @Test
    func `text is appended to what is there`() {
        var output = Array("x".utf8)
        JSON.array([1]).write(into: &output)
        #expect(output == Array("x[1]".utf8))
    }

    @Test(arguments: UInt64(1)...200)
    func `what is written is read back the same`(seed: UInt64) throws {
        var source = JSONSource(seed: seed)
        let value = source.value(depth: 0)
        #expect(try JSON.parse(value.encoded()) == value)
        #expect(try JSON.parse(Array(value.pretty().utf8)) == value)
    }
}

/// Random values, the same ones for the same seed (SplitMix64).
private struct JSONSource: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    mutating func value(depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth < 6 ? 8 : 5), using: &self) {
        case 0: return nil
        case 1: return .bool(Bool.random(using: &self))
        case 2:
            return .integer(.random(in: -JSON.integerLimit...JSON.integerLimit, using: &self))
        case 3, 4: return .string(text())
        case 5, 6:
            return .array(
                (0..<Int.random(in: 0..<6, using: &self)).map { _ in value(depth: depth + 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<12, using: &self) {
                object[text()] = value(depth: depth + 1)
            }
            return .object(object)
        }
    }

    private mutating func text() -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0..<20, using: &self) {
            let plain = Int.random(in: 0..<4, using: &self) > 0
            let code = UInt32.random(in: plain ? 0...0x7F : 0...0x10FFFF, using: &self)
            // The surrogates among the code points are no characters.
            if let scalar = Unicode.Scalar(code) { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}
