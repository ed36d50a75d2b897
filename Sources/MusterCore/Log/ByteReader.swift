/// A place in bytes that are read from front to back, with an end it never passes.
struct ByteReader {
    private(set) var offset: Int
    let end: Int

    init(_ range: Range<Int>) {
        offset = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { offset == end }

    mutating func take(_ count: Int) throws(LogFault) -> Int {
        guard count >= 0, count <= end - offset else { throw .malformed("a field ends too early") }
        defer { offset += count }
        return offset
    }

    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: Span<UInt8>
    ) throws(LogFault) -> Number {
        bytes.number(at: try take(MemoryLayout<Number>.size))
    }

    mutating func digest(_ bytes: Span<UInt8>) throws(LogFault) -> Digest {
        Digest(at: try take(32), of: bytes)
    }

    mutating func flag(_ bytes: Span<UInt8>) throws(LogFault) -> Bool {
        switch try number(bytes) as UInt8 {
        case 0: return false
        case 1: return true
        default: throw .malformed("a flag is neither 0 nor 1")
        }
    }

    mutating func choice<Choice: RawRepresentable<UInt8>>(
        _ bytes: Span<UInt8>
    ) throws(LogFault) -> Choice {
        let raw: UInt8 = try number(bytes)
        guard let choice = Choice(rawValue: raw) else {
            throw .newer("value \(raw) of \(Choice.self)")
        }
        return choice
    }

    mutating func text(_ bytes: Span<UInt8>) throws(LogFault) -> String {
        let count = Int(try number(bytes) as UInt16)
        guard count <= RecordFormat.textLimit else { throw .malformed("a text is too long") }
        return try text(bytes, count: count)
    }

    mutating func optionalText(_ bytes: Span<UInt8>) throws(LogFault) -> String? {
        try flag(bytes) ? try text(bytes) : nil
    }

    mutating func text(_ bytes: Span<UInt8>, count: Int) throws(LogFault) -> String {
        let start = try take(count)
        return try text(bytes, at: start..<start + count)
    }

    func text(_ bytes: Span<UInt8>, at range: Range<Int>) throws(LogFault) -> String {
        do {
            return String(copying: try UTF8Span(validating: bytes.extracting(range)))
        } catch {
            throw .malformed("a text is not UTF-8")
        }
    }
}
