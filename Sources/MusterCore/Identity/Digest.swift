import Crypto

/// A SHA-256: 32 bytes, held as four words so that `<` is the order of the bytes.
///
/// Most digests here stand for a person, so printing one shows a placeholder.
package struct Digest: Hashable, Comparable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    package init(_ words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    /// Nil unless there are exactly 32 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for (index, byte) in bytes.enumerated() {
            switch index >> 3 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
        }
        self.words = words
    }

    /// The digest of erased people: no SHA-256 of an address is known that is all zeros.
    package static let zero = Digest((0, 0, 0, 0))

    package var isZero: Bool { words.0 | words.1 | words.2 | words.3 == 0 }

    /// The first 8 bytes as a number, the most significant first.
    package var leadingWord: UInt64 { words.0 }

    /// The SHA-256 of `bytes`.
    package static func sha256(_ bytes: some Sequence<UInt8>) -> Digest {
        Digest(bytes: Array(SHA256.hash(data: Array(bytes)))) ?? .zero
    }

    package static func == (left: Digest, right: Digest) -> Bool {
        left.words == right.words
    }

    package static func < (left: Digest, right: Digest) -> Bool {
        left.words < right.words
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.3)
    }

    /// Appends the 32 bytes.
    package func append(to output: inout [UInt8]) {
        for word in [words.0, words.1, words.2, words.3] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                output.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        append(to: &bytes)
        return bytes
    }
}
