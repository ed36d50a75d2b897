import FoundationEssentials

/// One field of JSON objects, one object a line; a dot in the field's name leads into an object.
struct NDJSONDecoder: RowDecoder {
    private static let longestLine = 1 << 20

    private let path: [String]
    private let direction: Direction
    private let decoder = JSONDecoder()
    private var splitter = LineSplitter(limit: longestLine)

    /// A decoder of the field `field`, `email` or `user.email` for example.
    init(field: String, _ direction: Direction) {
        self.direction = direction
        path = field.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    mutating func rows(of chunk: [UInt8], isLast: Bool) -> [InputRow] {
        var rows: [InputRow] = []
        let content = content(of:)
        splitter.split(chunk, isLast: isLast) { line, bytes in
            guard let bytes else {
                rows.append(InputRow(line: line, content: .rejected(.tooLong)))
                return
            }
            guard bytes.contains(where: { $0 != UInt8(ascii: " ") }) else { return }
            rows.append(InputRow(line: line, content: content(bytes)))
        }
        return rows
    }

    private func content(of bytes: ArraySlice<UInt8>) -> InputRow.Content {
        // What a decoding error says may quote the line, so only that there was one is kept.
        guard
            let named = try? decoder.decode(
                NamedText.self, from: Data(bytes), configuration: path)
        else { return .rejected(.notJSON) }
        guard let member = named.text, !member.isEmpty else { return .rejected(.fieldMissing) }
        guard member.utf8.count <= LineDecoder.longestMember else { return .rejected(.tooLong) }
        return .change(direction, member: member)
    }
}

/// The text at a path of names.
private struct NamedText: DecodableWithConfiguration {
    let text: String?

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder, configuration path: [String]) throws {
        var object = try decoder.container(keyedBy: Key.self)
        for name in path.dropLast() {
            // A path that leads nowhere is a missing field, and not a line of another shape.
            guard
                let next = try? object.nestedContainer(
                    keyedBy: Key.self, forKey: Key(stringValue: name))
            else {
                text = nil
                return
            }
            object = next
        }
        // Anything but a text counts as missing.
        text = path.last.flatMap { try? object.decode(String.self, forKey: Key(stringValue: $0)) }
    }
}
