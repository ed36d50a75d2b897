/// One column of a CSV file with a header, as RFC 4180 has them: fields parted by commas, records
/// by line ends, quotation marks around fields that hold either, doubled inside.
///
/// A record is held no longer than it takes; records without anything in them are passed over.
struct CSVDecoder: RowDecoder {
    private static let longestHeader = 64 << 10

    private enum State {
        case fieldStart
        case plain
        case quoted
        case quoteInQuoted
        case carriageReturn
    }

    private let name: [UInt8]
    private let direction: Direction
    private var state = State.fieldStart
    private var line = 1
    private var recordLine = 1
    private var quotedSince = 1
    private var byteOrderMark: ArraySlice<UInt8> = [0xEF, 0xBB, 0xBF]

    /// The wanted column, once the header is read.
    private var column: Int?
    private var header: [[UInt8]] = []
    private var headerBytes = 0

    private var index = 0
    private var field: [UInt8] = []
    private var isOverlong = false
    private var isBlank = true
    private var wanted: ArraySlice<UInt8>?
    private var rows: [InputRow] = []

    /// A decoder of the column that the header names exactly `column`.
    init(column: String, _ direction: Direction) {
        name = Array(column.utf8)
        self.direction = direction
    }

    mutating func rows(of chunk: [UInt8], isLast: Bool) throws(InputError) -> [InputRow] {
        for byte in chunk { try take(byte) }
        if isLast { try finish() }
        defer { rows = [] }
        return rows
    }

    private mutating func take(_ byte: UInt8) throws(InputError) {
        if let next = byteOrderMark.popFirst() {
            if byte == next { return }
            byteOrderMark = []
        }
        switch state {
        case .fieldStart where byte == UInt8(ascii: "\""):
            state = .quoted
            quotedSince = line
            isBlank = false
        case .fieldStart, .plain: try takePlain(byte)
        case .quoted where byte == UInt8(ascii: "\""): state = .quoteInQuoted
        case .quoted: keep(byte)
        case .quoteInQuoted where byte == UInt8(ascii: "\""):
            keep(byte)
            state = .quoted
        case .quoteInQuoted: try takeAfterQuotes(byte)
        case .carriageReturn:
            guard byte == UInt8(ascii: "\n") else {
                throw wrong("a carriage return stands without a line feed")
            }
            try endRecord()
        }
        if byte == UInt8(ascii: "\n") {
            line += 1
            if isAtRecordStart { recordLine = line }
        }
    }

    private var isAtRecordStart: Bool {
        if case .fieldStart = state { index == 0 } else { false }
    }

    private mutating func takePlain(_ byte: UInt8) throws(InputError) {
        switch byte {
        case UInt8(ascii: ","): try endField()
        case UInt8(ascii: "\n"): try endRecord()
        case UInt8(ascii: "\r"): state = .carriageReturn
        case UInt8(ascii: "\""):
            throw wrong("a quotation mark stands inside a field without quotes")
        default:
            isBlank = false
            state = .plain
            keep(byte)
        }
    }

    private mutating func takeAfterQuotes(_ byte: UInt8) throws(InputError) {
        switch byte {
        case UInt8(ascii: ","): try endField()
        case UInt8(ascii: "\n"): try endRecord()
        case UInt8(ascii: "\r"): state = .carriageReturn
        default: throw wrong("text follows a closing quotation mark")
        }
    }

    private mutating func keep(_ byte: UInt8) {
        guard column == nil || column == index else { return }
        guard field.count < LineDecoder.longestMember else {
            isOverlong = true
            return
        }
        field.append(byte)
    }

    private mutating func endField() throws(InputError) {
        if column == nil {
            header.append(field)
            headerBytes += field.count + 1
            guard headerBytes <= Self.longestHeader else {
                throw wrong("the header is longer than \(Self.longestHeader.grouped) bytes")
            }
        } else if column == index {
            wanted = field[...]
        }
        field = []
        index += 1
        state = .fieldStart
    }

    private mutating func endRecord() throws(InputError) {
        let isLone = index == 0
        try endField()
        defer {
            (index, wanted, isOverlong, isBlank) = (0, nil, false, true)
        }
        if isLone, isBlank {
            header = []
            return
        }
        guard column != nil else { return try readHeader() }
        if isOverlong {
            rows.append(InputRow(line: recordLine, content: .rejected(.tooLong)))
        } else if let wanted {
            rows.append(InputRow(line: recordLine, member: wanted, direction))
        } else {
            rows.append(InputRow(line: recordLine, content: .rejected(.columnMissing)))
        }
    }

    /// Finds the column; what the header holds is not repeated, since it may be a person, where there
    /// is none.
    private mutating func readHeader() throws(InputError) {
        let wanted = "\"\(String(decoding: name, as: UTF8.self))\""
        let places = header.indices.filter { header[$0] == name }
        guard let place = places.first else {
            throw wrong(
                "the header has \(header.count.counted("column")), and none is called \(wanted); "
                    + "--column takes the name of one")
        }
        guard places.count == 1 else {
            throw wrong("\(places.count) columns are called \(wanted)")
        }
        column = place
        header = []
    }

    private mutating func finish() throws(InputError) {
        if case .quoted = state {
            throw InputError(line: quotedSince, message: "a quotation mark is never closed")
        }
        if index > 0 || !isBlank { try endRecord() }
        guard column != nil else { throw wrong("there is no header") }
    }

    private func wrong(_ message: String) -> InputError {
        InputError(line: line, message: message)
    }
}
