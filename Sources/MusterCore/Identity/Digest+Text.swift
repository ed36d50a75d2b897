extension Digest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<digest>" }
    package var debugDescription: String { "<digest>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Digest {
    /// 64 lower-case hex digits.
    package var hex: String {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in bytes {
            text.append(Self.hexDigits[Int(byte >> 4)])
            text.append(Self.hexDigits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// 44 characters of base64 (RFC 4648, padded).
    package var base64: String {
        String(decoding: Self.base64Lines(of: [self]).dropLast(), as: UTF8.self)
    }

    /// How many bytes a line of base64 has.
    package static let base64LineSize = 45

    /// For each digest 44 characters of base64 and a line feed.
    package static func base64Lines(of digests: [Digest]) -> [UInt8] {
        var lines = [UInt8](repeating: UInt8(ascii: "\n"), count: digests.count * base64LineSize)
        var output = lines.mutableSpan
        let pairs = base64Pairs
        // Inlined for each line, and of a known size, no look in the table needs a check.
        for (index, digest) in digests.enumerated() {
            digest.storeBase64(in: &output, at: index * base64LineSize, pairs.span)
        }
        return lines
    }

    @inline(__always)
    private func storeBase64(
        in lines: inout MutableSpan<UInt8>, at start: Int, _ pairs: Span<UInt16>
    ) {
        lines.store(Self.base64(words.0 >> 16, pairs), at: start)
        lines.store(Self.base64(words.0 << 32 | words.1 >> 32, pairs), at: start + 8)
        lines.store(Self.base64(words.1 << 16 | words.2 >> 48, pairs), at: start + 16)
        lines.store(Self.base64(words.2, pairs), at: start + 24)
        lines.store(Self.base64(words.3 >> 16, pairs), at: start + 32)
        let padding = UInt32(UInt8(ascii: "=")) << 24
        let rest = UInt32(truncatingIfNeeded: Self.base64(words.3 << 32, pairs)) & 0xff_ffff
        lines.store(rest | padding, at: start + 40)
    }

    /// The eight characters of the lowest 48 bits, the first in the lowest byte.
    @inline(__always)
    private static func base64(_ bits: UInt64, _ pairs: Span<UInt16>) -> UInt64 {
        let first = pair(bits >> 36, pairs) | pair(bits >> 24, pairs) << 16
        return first | pair(bits >> 12, pairs) << 32 | pair(bits, pairs) << 48
    }

    @inline(__always)
    private static func pair(_ bits: UInt64, _ pairs: Span<UInt16>) -> UInt64 {
        UInt64(pairs[Int(bits & 4095)])
    }

    /// Two characters, the first in the lower byte, for each value of 12 bits; in 8 KiB,
    /// which stay near the processor.
    private static let base64Pairs: [4096 of UInt16] = {
        var pairs = [4096 of UInt16](repeating: 0)
        for value in pairs.indices {
            pairs[value] =
                UInt16(base64Digits[value >> 6]) | UInt16(base64Digits[value & 63]) << 8
        }
        return pairs
    }()

    /// The digest of 64 hex digits, of either case.
    package init?(hex text: Span<UInt8>) {
        guard text.count == 64 else { return nil }
        let values = Self.hexValues
        var words: [4 of UInt64] = [0, 0, 0, 0]
        var faults: UInt8 = 0
        for index in text.indices {
            let value = values[Int(text[index])]
            faults |= value
            words[index >> 4] = words[index >> 4] << 4 | UInt64(value & 15)
        }
        guard faults < 16 else { return nil }
        self.init((words[0], words[1], words[2], words[3]))
    }

    /// The digest of 44 characters of base64; bits that an encoder leaves zero must be zero, so
    /// that one digest has one text.
    package init?(base64 text: Span<UInt8>) {
        guard text.count == 44, text[43] == UInt8(ascii: "=") else { return nil }
        let values = Self.base64Values
        var pieces: [6 of UInt64] = [0, 0, 0, 0, 0, 0]
        var faults: UInt8 = 0
        for index in 0..<43 {
            let value = values[Int(text[index])]
            faults |= value
            pieces[index >> 3] = pieces[index >> 3] << 6 | UInt64(value & 63)
        }
        guard faults < 64, pieces[5] & 3 == 0 else { return nil }
        self.init(
            (
                pieces[0] << 16 | pieces[1] >> 32, pieces[1] << 32 | pieces[2] >> 16,
                pieces[2] << 48 | pieces[3], pieces[4] << 16 | pieces[5] >> 2
            ))
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
    private static let base64Digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// The value of each character; 255 for what is no digit.
    private static let base64Values = values(of: base64Digits)
    private static let hexValues = zip(
        values(of: hexDigits), values(of: Array("0123456789ABCDEF".utf8))
    ).map { min($0, $1) }

    private static func values(of digits: [UInt8]) -> [UInt8] {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in digits.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }
}
