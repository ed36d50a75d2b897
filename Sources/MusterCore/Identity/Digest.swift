/// A SHA-256: 32 bytes, held as four words so that `<` is the order of the bytes.
///
/// Most digests here stand for a person, so printing one shows a placeholder.
package struct Digest: Hashable, Comparable, BitwiseCopyable, Sendable {
    let words: (UInt64, UInt64, UInt64, UInt64)

    package init(_ words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    /// Nil unless there are exactly 32 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.init(at: 0, of: Array(bytes).span)
    }

    /// The digest of erased people: no SHA-256 of an address is known that is all zeros.
    package static let zero = Digest((0, 0, 0, 0))

    /// The first word nearly always tells.
    package var isZero: Bool { words.0 == 0 && words.1 | words.2 | words.3 == 0 }

    /// The first 8 bytes as a number, the most significant first.
    package var leadingWord: UInt64 { words.0 }

    /// The SHA-256 of `bytes`.
    package static func sha256(_ bytes: some Sequence<UInt8>) -> Digest {
        sha256(Array(bytes).span)
    }

    package static func == (left: Digest, right: Digest) -> Bool {
        left.words == right.words
    }

    package static func < (left: Digest, right: Digest) -> Bool {
        left.words < right.words
    }

    /// Every word counts: a client chooses hashed members, and equal hash values make a set slow.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }

    /// Appends the 32 bytes.
    package func append(to output: inout [UInt8]) {
        output.append(number: words.0.byteSwapped)
        output.append(number: words.1.byteSwapped)
        output.append(number: words.2.byteSwapped)
        output.append(number: words.3.byteSwapped)
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        append(to: &bytes)
        return bytes
    }
}
