extension JSONReader {
    /// Reads the string whose quotation mark is at the position.
    mutating func string(_ bytes: Span<UInt8>) throws(JSONError) -> String {
        let start = position + 1
        position = JSONText.endOfRun(bytes, from: start)
        guard position < bytes.count else { throw error(.endsEarly) }
        guard bytes[position] == UInt8(ascii: "\"") else {
            return try escapedString(bytes, from: start)
        }
        let text = try Self.text(bytes, start..<position)
        position += 1
        return text
    }

    /// The text of `range`, which holds no escape.
    static func text(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(JSONError) -> String {
        do throws(UTF8.ValidationError) {
            return String(copying: try UTF8Span(validating: bytes.extracting(range)))
        } catch {
            throw JSONError(
                fault: .invalidUTF8, offset: range.lowerBound + error.byteOffsets.lowerBound)
        }
    }

    /// Reads on from the first byte that ends a run, in a string that begins at `start`.
    private mutating func escapedString(
        _ bytes: Span<UInt8>, from start: Int
    ) throws(JSONError) -> String {
        var content: [UInt8] = []
        var runStart = start
        while true {
            if runStart < position {
                content.append(contentsOf: try Self.text(bytes, runStart..<position).utf8)
            }
            guard position < bytes.count else { throw error(.endsEarly) }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): try appendEscape(bytes, to: &content)
            default: throw error(.controlCharacter)
            }
            runStart = position
            position = JSONText.endOfRun(bytes, from: runStart)
        }
    }

    private mutating func appendEscape(
        _ bytes: Span<UInt8>, to content: inout [UInt8]
    ) throws(JSONError) {
        guard position + 1 < bytes.count else {
            throw JSONError(fault: .endsEarly, offset: bytes.count)
        }
        let letter = bytes[position + 1]
        if letter == UInt8(ascii: "u") {
            content.append(contentsOf: Array(String(try unicodeEscape(bytes)).utf8))
            return
        }
        guard let byte = Self.plainEscape(letter) else { throw error(.unknownEscape) }
        content.append(byte)
        position += 2
    }

    private static func plainEscape(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// Reads the `\uXXXX` at the position, with the second one where the first is a high surrogate.
    private mutating func unicodeEscape(
        _ bytes: Span<UInt8>
    ) throws(JSONError) -> Unicode.Scalar {
        let first = try hexUnit(bytes, at: position)
        if let scalar = Unicode.Scalar(first) {
            position += 6
            return scalar
        }
        let pair = position + 6
        guard first < 0xDC00, pair + 1 < bytes.count,
            bytes[pair] == UInt8(ascii: "\\"), bytes[pair + 1] == UInt8(ascii: "u")
        else { throw error(.loneSurrogate) }
        let second = try hexUnit(bytes, at: pair)
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw error(.loneSurrogate) }
        position += 12
        return scalar
    }

    private func hexUnit(_ bytes: Span<UInt8>, at escape: Int) throws(JSONError) -> UInt32 {
        guard escape + 6 <= bytes.count else {
            throw JSONError(fault: .endsEarly, offset: bytes.count)
        }
        var unit: UInt32 = 0
        for index in escape + 2..<escape + 6 {
            guard let digit = Self.hexDigit(bytes[index]) else {
                throw JSONError(fault: .badHexDigits, offset: index)
            }
            unit = unit << 4 | digit
        }
        return unit
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
