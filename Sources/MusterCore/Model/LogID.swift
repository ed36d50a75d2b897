/// Which log an event, a segment or a client's position belongs to: 16 random bytes, chosen when the
/// log begins, and again when it is put back from a copy.
package struct LogID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    /// The id whose bytes are `high` and `low` in big-endian order.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The bytes as 32 hex digits.
    package var text: String { Self.digits(high) + Self.digits(low) }

    private static func digits(_ half: UInt64) -> String {
        let digits = String(half, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
