/// Writes JSON values; three layouts of the same tokens.
struct JSONWriter {
    private let breaksLines: Bool
    private let ordersNames: Bool

    static let compact = JSONWriter(breaksLines: false, ordersNames: false)
    static let pretty = JSONWriter(breaksLines: true, ordersNames: false)
    /// Compact, with the members of every object in the order of their names' bytes.
    static let canonical = JSONWriter(breaksLines: false, ordersNames: true)

    func write(_ value: JSON, depth: Int, into output: inout [UInt8]) {
        switch value {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let number):
            if number < 0 { output.append(UInt8(ascii: "-")) }
            output.append(decimal: number.magnitude)
        case .string(let text): write(text, into: &output)
        case .array(let elements): write(elements, depth: depth, into: &output)
        case .object(let object): write(object, depth: depth, into: &output)
        }
    }

    private func write(_ elements: [JSON], depth: Int, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "["))
        var first = true
        for element in elements {
            if !first { output.append(UInt8(ascii: ",")) }
            first = false
            breakLine(depth + 1, into: &output)
            write(element, depth: depth + 1, into: &output)
        }
        if !elements.isEmpty { breakLine(depth, into: &output) }
        output.append(UInt8(ascii: "]"))
    }

    private func write(_ object: JSONObject, depth: Int, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        var first = true
        for member in ordersNames ? object.membersByName : object.members {
            if !first { output.append(UInt8(ascii: ",")) }
            first = false
            breakLine(depth + 1, into: &output)
            write(member.name, into: &output)
            output.append(UInt8(ascii: ":"))
            if breaksLines { output.append(UInt8(ascii: " ")) }
            write(member.value, depth: depth + 1, into: &output)
        }
        if !object.members.isEmpty { breakLine(depth, into: &output) }
        output.append(UInt8(ascii: "}"))
    }

    private func breakLine(_ depth: Int, into output: inout [UInt8]) {
        guard breaksLines else { return }
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private func write(_ text: String, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        let bytes = text.utf8.span
        if JSONText.endOfRun(bytes, from: 0) == bytes.count {
            output.append(contentsOf: text.utf8)
        } else {
            for byte in text.utf8 { writeEscaping(byte, into: &output) }
        }
        output.append(UInt8(ascii: "\""))
    }

    private func writeEscaping(_ byte: UInt8, into output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): output.append(contentsOf: #"\""#.utf8)
        case UInt8(ascii: "\\"): output.append(contentsOf: #"\\"#.utf8)
        case 0x08: output.append(contentsOf: #"\b"#.utf8)
        case 0x09: output.append(contentsOf: #"\t"#.utf8)
        case 0x0A: output.append(contentsOf: #"\n"#.utf8)
        case 0x0C: output.append(contentsOf: #"\f"#.utf8)
        case 0x0D: output.append(contentsOf: #"\r"#.utf8)
        case ..<0x20:
            output.append(contentsOf: byte < 0x10 ? #"\u000"#.utf8 : #"\u001"#.utf8)
            output.append(contentsOf: String(byte & 0x0F, radix: 16).utf8)
        default: output.append(byte)
        }
    }
}

extension JSONObject {
    /// The members in the order of their names' bytes.
    fileprivate var membersByName: [(name: String, value: JSON)] {
        members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
