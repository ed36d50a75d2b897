/// Which log a segment belongs to: 16 random bytes, chosen when the log begins.
package struct LogID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    /// The id whose bytes are `high` and `low` in big-endian order.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The 16 bytes at `offset` of `bytes`.
    package init(at offset: Int, of bytes: Span<UInt8>) {
        high = UInt64(bigEndian: UInt64(littleEndian: bytes.number(at: offset)))
        low = UInt64(bigEndian: UInt64(littleEndian: bytes.number(at: offset + 8)))
    }

    /// Appends the 16 bytes.
    package func append(to bytes: inout [UInt8]) {
        bytes.append(number: high.byteSwapped)
        bytes.append(number: low.byteSwapped)
    }

    /// The bytes as 32 hex digits.
    package var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }
}

/// The 16 random bytes in front of a commit's identities, without which a digest of the identities
/// would name them.
package struct Salt: Hashable, Sendable {
    package let first: UInt64
    package let second: UInt64

    package init(first: UInt64, second: UInt64) {
        self.first = first
        self.second = second
    }
}
