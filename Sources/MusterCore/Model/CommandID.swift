/// A client's id of a command: `[A-Za-z0-9._:-]{1,64}`.
///
/// Its bytes stand in the value itself: every command is copied many times on its way, and none of
/// the copies counts a reference or asks for memory.
package struct CommandID: Hashable, BitwiseCopyable, Sendable {
    /// The most bytes of an id.
    package static let limit = 64

    /// Eight bytes a word, the first one lowest, and zeros behind the last.
    private let words: InlineArray<8, UInt64>
    private let length: UInt8
    /// Its hash value, computed once: seeded anew in every process, so that no choice of ids makes
    /// many of them equal.
    let hash: Int

    /// Nil where a byte is of another kind, and where there are none or too many.
    package init?(_ bytes: Span<UInt8>) {
        guard (1...Self.limit).contains(bytes.count) else { return nil }
        var words = InlineArray<8, UInt64>(repeating: 0)
        var index = 0
        while bytes.count - index >= 8 {
            words[index / 8] = bytes.number(at: index)
            guard Self.areAllowed(words[index / 8]) else { return nil }
            index += 8
        }
        if index < bytes.count {
            var rest = UInt64(littleEndianText: "00000000")
            for offset in index..<bytes.count {
                let shift = UInt64(offset % 8 * 8)
                rest = rest & ~(0xFF << shift) | UInt64(bytes[offset]) << shift
            }
            guard Self.areAllowed(rest) else { return nil }
            words[index / 8] = rest & ~(.max << UInt64(bytes.count % 8 * 8))
        }
        self.words = words
        length = UInt8(bytes.count)
        var hasher = Hasher()
        for index in 0..<(bytes.count + 7) / 8 { hasher.combine(words[index]) }
        hash = hasher.finalize()
    }

    /// The id of this text, if it is one.
    package init?(_ text: String) {
        self.init(text.utf8.span)
    }

    /// How many bytes it has.
    package var count: Int { Int(length) }

    package var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends its bytes.
    func append(to output: inout [UInt8]) {
        for index in 0..<count / 8 { output.append(number: words[index]) }
        for index in count / 8 * 8..<count {
            output.append(UInt8(truncatingIfNeeded: words[index / 8] >> UInt64(index % 8 * 8)))
        }
    }

    package static func == (left: CommandID, right: CommandID) -> Bool {
        guard left.hash == right.hash, left.length == right.length else { return false }
        for index in left.words.indices where left.words[index] != right.words[index] {
            return false
        }
        return true
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(hash)
    }

    /// Whether an id may hold each of eight bytes.
    private static func areAllowed(_ word: UInt64) -> Bool {
        let letters = bytes(of: word | 0x2020_2020_2020_2020, from: 0x61, through: 0x7a)
        let digits = bytes(of: word, from: 0x30, through: 0x3a)
        let signs = bytes(of: word, from: 0x2d, through: 0x2e)
        let lines = bytes(of: word, from: 0x5f, through: 0x5f)
        return (letters | digits | signs | lines) & ~word & highBits == highBits
    }

    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// The high bit of each byte that lies within two bounds; of a byte over 127 it says nothing.
    private static func bytes(of word: UInt64, from low: UInt64, through high: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let rest = word & ~highBits
        return (rest &+ (0x80 - low) &* ones) & ~(rest &+ (0x7f - high) &* ones)
    }
}
