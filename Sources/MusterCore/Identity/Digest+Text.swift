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
        var text: [UInt8] = []
        appendBase64(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the 44 characters of base64 to `output`.
    package func appendBase64(to output: inout [UInt8]) {
        let pieces = pieces
        let digits = Self.base64Digits
        output.append(addingCapacity: 44) { output in
            for index in 0..<43 {
                let shift = UInt64(42 - 6 * (index & 7))
                output.append(digits[Int(pieces[index >> 3] >> shift & 63)])
            }
            output.append(UInt8(ascii: "="))
        }
    }

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

    /// The 256 bits in steps of 48, which are eight base64 digits each, the first on top; the last
    /// 16 are filled up with zeros.
    private var pieces: [6 of UInt64] {
        let low48: UInt64 = 0xffff_ffff_ffff
        return [
            words.0 >> 16, (words.0 << 32 | words.1 >> 32) & low48,
            (words.1 << 16 | words.2 >> 48) & low48, words.2 & low48, words.3 >> 16,
            words.3 << 32 & low48,
        ]
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
