import MusterCore
import Testing

@Suite
struct JSONReaderTests {
    private func fault(_ text: [UInt8]) -> JSONError.Fault? {
        do throws(JSONError) {
            _ = try JSON.parse(text)
            return nil
        } catch {
            return error.fault
        }
    }

    @Test(arguments: JSONSuite.accepted)
    func `the suite's good texts mean what they say`(
        name: String, text: Bytes, value: JSON
    ) throws {
        #expect(try JSON.parse(text.all) == value)
    }

    @Test(arguments: JSONSuite.invalidValues + JSONSuite.invalidText)
    func `the suite's bad texts are refused`(entry: JSONSuite.Case) {
        #expect(fault(entry.text.all) == entry.fault)
    }

    @Test func `the suite is whole`() {
        let refused = [
            JSONSuite.invalidValues, JSONSuite.invalidText, JSONSuite.stricter, JSONSuite.left,
            JSONSuite.deep,
        ]
        let names = Set(JSONSuite.accepted.map(\.name) + refused.joined().map(\.name))
        #expect(names.count { $0.hasPrefix("y_") } == 95)
        #expect(names.count { $0.hasPrefix("n_") } == 188)
        #expect(names.count { $0.hasPrefix("i_") } == 35)
    }

    @Test(arguments: JSONSuite.stricter + JSONSuite.left + JSONSuite.deep)
    func `what parsers disagree about is refused`(entry: JSONSuite.Case) {
        #expect(fault(entry.text.all) == entry.fault)
    }

    @Test(arguments: [
        ("9007199254740991", 9_007_199_254_740_991), ("-9007199254740991", -9_007_199_254_740_991),
        ("0", 0), ("-1", -1), ("10", 10),
    ])
    func `integers are exact to the limit`(text: String, value: Int64) throws {
        #expect(try JSON.parse(Array(text.utf8)) == .integer(value))
    }

    @Test(arguments: ["9007199254740992", "-9007199254740992", "99999999999999999999999999"])
    func `integers beyond the limit are refused`(text: String) {
        #expect(fault(Array(text.utf8)) == .integerOutOfRange)
    }

    @Test(arguments: [
        (#"{"a":1,"a":2}"#, 7), (#"{"a":1,"\u0061":2}"#, 7), (#"[{"x":{"b":1,"c":2,"b":3}}]"#, 19),
        (#"{"😀":1,"\ud83d\ude00":2}"#, 10),
    ])
    func `a name twice is refused also when escaped`(text: String, offset: Int) {
        #expect(throws: JSONError(fault: .duplicateName, offset: offset)) {
            try JSON.parse(Array(text.utf8))
        }
    }

    @Test
    func `names that only look the same are different`() throws {
        let value = try JSON.parse(Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
        #expect(value.object?["\u{E9}"] == 1)
        #expect(value.object?["e\u{301}"] == 2)
    }

    @Test(arguments: [2, 8, 9, 10, 1024])
    func `the last of many names may not repeat the first`(count: Int) {
        let names = (1..<count).map { "\"n\($0)\":0" } + ["\"n1\":0"]
        #expect(fault(Array("{\(names.joined(separator: ","))}".utf8)) == .duplicateName)
    }

    @Test(arguments: [(1024, nil), (1025, JSONError.Fault.tooManyMembers)])
    func `an object has up to 1024 members`(count: Int, expected: JSONError.Fault?) {
        let names = (1...count).map { "\"n\($0)\":0" }
        #expect(fault(Array("{\(names.joined(separator: ","))}".utf8)) == expected)
    }

    @Test(arguments: [(262_143, nil), (262_144, JSONError.Fault.tooManyValues)])
    func `a text holds up to 262144 values`(elements: Int, expected: JSONError.Fault?) {
        let zeros = repeatElement("0", count: elements).joined(separator: ",")
        #expect(fault(Array("[\(zeros)]".utf8)) == expected)
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}"), (#"[{"a":"#, "}]")])
    func `nesting ends at 32 levels`(open: String, close: String) {
        let levels = open.count { $0 == "[" || $0 == "{" }
        let fits = 32 / levels
        func nested(_ times: Int) -> [UInt8] {
            let (front, back) = (Array(open.utf8), Array(close.utf8))
            return Array(
                [repeatElement(front, count: times), repeatElement(back, count: times)]
                    .map { Array($0.joined()) }.joined(separator: [UInt8(ascii: "0")]))
        }
        #expect(fault(nested(fits)) == nil)
        #expect(fault(nested(fits + 1)) == .tooDeep)
        #expect(fault(nested(100_000)) == .tooDeep)
    }

    @Test
    func `a string of four mebibytes is read whole`() throws {
        let text = String(repeating: "a\u{E9}", count: 1_398_100)
        #expect(try JSON.parse(Array("\"\(text)\"".utf8)).string?.utf8.count == 4_194_300)
    }

    @Test(arguments: 0...40)
    func `a string of any length and alignment ends at its quote`(length: Int) throws {
        let text = String(repeating: "x", count: length)
        #expect(try JSON.parse(Array(" [\"\(text)\",1]".utf8)) == [.string(text), 1])
        #expect(fault(Array("\"\(text)\u{1F}\"".utf8)) == .controlCharacter)
        #expect(try JSON.parse(Array("\"\(text)\\t\u{7F}\"".utf8)) == "\(text)\t\u{7F}")
    }

    @Test(arguments: [UInt8(0)...0x1F])
    func `every control character must be escaped`(range: ClosedRange<UInt8>) {
        #expect(range.allSatisfy { fault([0x22, $0, 0x22]) == .controlCharacter })
    }

    @Test(arguments: 0..<62)
    func `a text cut short is refused`(length: Int) {
        let text = Array(#"{"id":-12,"ok":[true,false,null],"s":"a\u00e9\ud83d\ude00\n é"}"#.utf8)
        #expect(throws: JSONError.self) { try JSON.parse(Array(text.prefix(length))) }
    }

    @Test(arguments: JSONError.Fault.allCases)
    func `an error says what and where`(fault: JSONError.Fault) {
        let message = JSONError(fault: fault, offset: 42).message
        #expect(message == "\(fault.rawValue), at byte 42")
    }

    @Test
    func `an error quotes nothing of the text`() throws {
        let error = #expect(throws: JSONError.self) {
            try JSON.parse(Array(#"["jane.doe@example.com" x]"#.utf8))
        }
        #expect(error?.message == "this byte cannot stand here, at byte 24")
    }
}
