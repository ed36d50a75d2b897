/// Reads fixed forms of text, such as dates, from the front.
struct TextCursor {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// Passes over `character`, if it is next.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    /// Passes over the bytes that satisfy `condition`; tells how many.
    mutating func skip(while condition: (UInt8) -> Bool) -> Int {
        let count = rest.prefix(while: condition).count
        rest.removeFirst(count)
        return count
    }

    /// The decimal digits that are next, at least and at most as many as `lengths` says.
    mutating func digits(_ lengths: ClosedRange<Int>) -> [Int]? {
        let digits = rest.prefix(lengths.upperBound).prefix(while: Self.isDigit)
        guard digits.count >= lengths.lowerBound else { return nil }
        defer { rest.removeFirst(digits.count) }
        return digits.map { Int($0 - UInt8(ascii: "0")) }
    }

    /// The number that is next, of so many decimal digits, if it is within `range`.
    mutating func number(digits lengths: ClosedRange<Int>, within range: ClosedRange<Int>) -> Int? {
        guard let digits = digits(lengths) else { return nil }
        let value = digits.reduce(0) { $0 * 10 + $1 }
        return range.contains(value) ? value : nil
    }

    /// The number of exactly `count` decimal digits that is next, if it is within `range`.
    mutating func number(digits count: Int, within range: ClosedRange<Int>) -> Int? {
        number(digits: count...count, within: range)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}

extension BinaryInteger {
    /// The quotient rounded down, and the remainder that is not negative; `divisor` is positive.
    func dividedDown(by divisor: Self) -> (quotient: Self, remainder: Self) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// The decimal digits with zeros in front up to `width`.
    func padded(_ width: Int) -> String {
        let digits = String(magnitude)
        let zeros = String(repeating: "0", count: max(0, width - digits.count))
        return (self < 0 ? "-" : "") + zeros + digits
    }
}
