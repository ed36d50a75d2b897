/// An answer cut into strings, which are judged, and what stands between them, which is kept.
struct RedactionPieces {
    struct Piece: Equatable {
        var range: Range<Int>
        var isString: Bool
    }

    /// Nil unless all of it reads as JSON tokens; the order they stand in is not looked at.
    static func ofJSON(_ bytes: [UInt8]) -> [Piece]? {
        guard let first = bytes.first(where: { !isSpace($0) }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || first == quote
        else { return nil }
        var pieces: [Piece] = []
        var at = 0
        while at < bytes.count {
            let start = at
            if bytes[at] == quote {
                guard let end = endOfLiteral(bytes, from: at + 1) else { return nil }
                pieces.append(Piece(range: at..<(at + 1), isString: false))
                pieces.append(Piece(range: (at + 1)..<end, isString: true))
                pieces.append(Piece(range: end..<(end + 1), isString: false))
                at = end + 1
            } else if isSpace(bytes[at]) || isPunctuation(bytes[at]) {
                at += 1
                pieces.append(Piece(range: start..<at, isString: false))
            } else {
                while at < bytes.count, isBare(bytes[at]) { at += 1 }
                guard at > start, standsAlone(bytes, start) else { return nil }
                pieces.append(Piece(range: start..<at, isString: true))
            }
        }
        return pieces
    }

    /// Strings between white space, quotes and angle brackets; hex digits in pairs stay together.
    static func ofText(_ bytes: [UInt8]) -> [Piece] {
        var pieces: [Piece] = []
        var at = 0
        while at < bytes.count {
            let isString = !isDelimiter(bytes[at])
            let start = at
            while at < bytes.count, isDelimiter(bytes[at]) != isString { at += 1 }
            let piece = Piece(range: start..<at, isString: isString)
            if isString, pieces.count >= 2, pieces[pieces.count - 1].range.count == 1,
                isHexDump(bytes, pieces[pieces.count - 2]), isHexDump(bytes, piece)
            {
                pieces.removeLast()
                let earlier = pieces.removeLast()
                pieces.append(Piece(range: earlier.range.lowerBound..<at, isString: true))
            } else {
                pieces.append(piece)
            }
        }
        return pieces
    }

    static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "/"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}

extension RedactionPieces {
    private static let quote = UInt8(ascii: "\"")

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool {
        "{}[]:,".utf8.contains(byte)
    }

    private static func isDelimiter(_ byte: UInt8) -> Bool {
        isSpace(byte) || "\"'`<>".utf8.contains(byte)
    }

    /// What numbers and the three words are made of.
    private static func isBare(_ byte: UInt8) -> Bool {
        isBase64(byte) && byte != UInt8(ascii: "/") || byte == UInt8(ascii: ".")
    }

    /// Whether the last byte before `start` that is no space ends no value.
    private static func standsAlone(_ bytes: [UInt8], _ start: Int) -> Bool {
        guard let before = bytes[..<start].last(where: { !isSpace($0) }) else { return true }
        return "[{:,".utf8.contains(before)
    }

    private static func endOfLiteral(_ bytes: [UInt8], from start: Int) -> Int? {
        var at = start
        while at < bytes.count, bytes[at] != quote {
            guard bytes[at] >= 0x20 else { return nil }
            at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        return at < bytes.count ? at : nil
    }

    /// A pair of hex digits, or several that were joined already.
    private static func isHexDump(_ bytes: [UInt8], _ piece: Piece) -> Bool {
        let range = piece.range
        guard piece.isString, range.count % 3 == 2 else { return false }
        return isHex(bytes[range.upperBound - 2]) && isHex(bytes[range.upperBound - 1])
            && (range.count == 2 || isSpace(bytes[range.upperBound - 3]))
    }
}
