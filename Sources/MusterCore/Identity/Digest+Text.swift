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
    static let base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    /// The value of each character; 255 for what is no digit.
    private static let base64Values = values(of: Array(base64Alphabet.utf8))
    private static let hexValues = zip(
        values(of: hexDigits), values(of: Array("0123456789ABCDEF".utf8))
    ).map { min($0, $1) }

    private static func values(of digits: [UInt8]) -> [UInt8] {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in digits.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }
}
