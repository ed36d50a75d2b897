/// Takes off one layer of the wrappings that hide a character from a reader of bytes.
enum RedactionEscapes {
    /// `bytes` with JSON escapes, percent escapes and numeric character references put back, and
    /// without the zero bytes of UTF-16.
    static func undone(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            if let (plain, length) = escape(bytes[at...]) {
                output += plain
                at += length
            } else {
                if bytes[at] != 0 { output.append(bytes[at]) }
                at += 1
            }
        }
        return output
    }

    private typealias Found = (plain: [UInt8], length: Int)

    private static func escape(_ rest: ArraySlice<UInt8>) -> Found? {
        switch rest.first {
        case UInt8(ascii: "\\"): backslash(rest)
        case UInt8(ascii: "%"):
            number(rest, skipping: 1, count: 2, radix: 16).map { ([UInt8($0)], 3) }
        case UInt8(ascii: "&"): reference(rest)
        default: nil
        }
    }

    private static func backslash(_ rest: ArraySlice<UInt8>) -> Found? {
        switch rest.dropFirst().first {
        case UInt8(ascii: "u"):
            number(rest, skipping: 2, count: 4, radix: 16).map { (utf8($0), 6) }
        case UInt8(ascii: "x"):
            number(rest, skipping: 2, count: 2, radix: 16).map { (utf8($0), 4) }
        case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"),
            UInt8(ascii: "t"):
            ([UInt8(ascii: " ")], 2)
        case .some(let byte): ([byte], 2)
        case nil: nil
        }
    }

    /// `&#64;` or `&#x40;`, with up to eight digits.
    private static func reference(_ rest: ArraySlice<UInt8>) -> Found? {
        guard rest.dropFirst().first == UInt8(ascii: "#"),
            let end = rest.prefix(12).firstIndex(of: UInt8(ascii: ";"))
        else { return nil }
        let inner = rest[(rest.startIndex + 2)..<end]
        let isHex = inner.first == UInt8(ascii: "x") || inner.first == UInt8(ascii: "X")
        return number(
            rest, skipping: isHex ? 3 : 2, count: inner.count - (isHex ? 1 : 0),
            radix: isHex ? 16 : 10
        ).map { (utf8($0), end + 1 - rest.startIndex) }
    }

    private static func number(
        _ rest: ArraySlice<UInt8>, skipping: Int, count: Int, radix: Int
    ) -> UInt32? {
        let digits = rest.dropFirst(skipping).prefix(max(count, 0))
        guard count > 0, digits.count == count, digits.allSatisfy(RedactionPieces.isHex) else {
            return nil
        }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: radix)
    }

    private static func utf8(_ value: UInt32) -> [UInt8] {
        Array(String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
    }
}
