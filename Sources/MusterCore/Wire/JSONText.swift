/// Finds what must be looked at closely in the text of a string: most of it is plain.
enum JSONText {
    /// The first quotation mark, backslash or control character from `start` on, or the end.
    static func endOfRun(_ bytes: Span<UInt8>, from start: Int) -> Int {
        run(bytes, from: start).end
    }

    /// As above, and whether all bytes up to there are known to be ASCII.
    static func run(_ bytes: Span<UInt8>, from start: Int) -> (end: Int, isASCII: Bool) {
        var index = start
        var all: UInt64 = 0
        while bytes.count - index >= 8 {
            let word = word(bytes.extracting(index..<index + 8))
            let stops = stopBytes(in: word)
            all |= word
            if stops != 0 {
                return (index + stops.trailingZeroBitCount / 8, all & highBits == 0)
            }
            index += 8
        }
        while index < bytes.count, stopBytes(in: UInt64(bytes[index]) | ~0xFF) == 0 {
            all |= UInt64(bytes[index])
            index += 1
        }
        return (index, all & highBits == 0)
    }

    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Eight bytes as one word, the first in the lowest place; inlined, it is a single load.
    @inline(__always)
    private static func word(_ eight: Span<UInt8>) -> UInt64 {
        var word: UInt64 = 0
        for index in 0..<8 { word |= UInt64(eight[index]) << (8 * UInt64(index)) }
        return word
    }

    /// The high bit of each byte that ends a run; only the lowest one set is certain.
    @inline(__always)
    private static func stopBytes(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones * UInt64(UInt8(ascii: "\"")))
        let backslash = word ^ (ones * UInt64(UInt8(ascii: "\\")))
        let below =
            ((word &- ones * 0x20) & ~word) | ((quote &- ones) & ~quote)
            | ((backslash &- ones) & ~backslash)
        return below & (ones << 7)
    }
}
