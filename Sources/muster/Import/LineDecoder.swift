/// One member a line; lines without anything on them are passed over.
struct LineDecoder: RowDecoder {
    /// No address and no digest is nearly as long.
    static let longestMember = 4096

    private let direction: Direction
    private var splitter = LineSplitter(limit: longestMember)

    init(_ direction: Direction) {
        self.direction = direction
    }

    mutating func rows(of chunk: [UInt8], isLast: Bool) -> [InputRow] {
        var rows: [InputRow] = []
        let direction = direction
        splitter.split(chunk, isLast: isLast) { line, bytes in
            guard let bytes else {
                rows.append(InputRow(line: line, content: .rejected(.tooLong)))
                return
            }
            let member = Self.trimmed(bytes)
            guard !member.isEmpty else { return }
            rows.append(InputRow(line: line, member: member, direction))
        }
        return rows
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
        }
        var bytes = bytes.drop(while: isSpace)
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return bytes
    }
}

extension InputRow {
    /// The row of a member in UTF-8; its rejection where it is not.
    init(line: Int, member: ArraySlice<UInt8>, _ direction: Direction) {
        let text = String(validating: member, as: UTF8.self)
        self.init(
            line: line,
            content: text.map { .change(direction, member: $0) } ?? .rejected(.notText))
    }
}
