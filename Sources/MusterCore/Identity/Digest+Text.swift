extension Digest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<digest>" }
    package var debugDescription: String { "<digest>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Digest {
    /// 64 lower-case hex digits.
    package var hex: String {
        String(
            decoding: bytes.flatMap {
                [Self.hexDigits[Int($0 >> 4)], Self.hexDigits[Int($0 & 15)]]
            }, as: UTF8.self)
    }

    /// 44 characters of base64 (RFC 4648, padded).
    package var base64: String {
        var text: [UInt8] = []
        appendBase64(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the 44 characters of base64 to `output`.
    package func appendBase64(to output: inout [UInt8]) {
        let bytes = self.bytes
        for index in stride(from: 0, to: 30, by: 3) {
            let group =
                Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
            for shift in [18, 12, 6, 0] { output.append(Self.base64Digits[group >> shift & 63]) }
        }
        let rest = Int(bytes[30]) << 10 | Int(bytes[31]) << 2
        for shift in [12, 6, 0] { output.append(Self.base64Digits[rest >> shift & 63]) }
        output.append(UInt8(ascii: "="))
    }

    /// The digest of 64 hex digits, of either case.
    package init?(hex text: some Collection<UInt8>) {
        guard text.count == 64 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var high: UInt8?
        for character in text {
            guard let value = Self.hexValue(character) else { return nil }
            if let upper = high {
                bytes.append(upper << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        self.init(bytes: bytes)
    }

    /// The digest of 44 characters of base64; bits that an encoder leaves zero must be zero, so
    /// that one digest has one text.
    package init?(base64 text: some Collection<UInt8>) {
        guard text.count == 44 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(33)
        var group = 0
        for (index, character) in text.enumerated() {
            if index == 43 {
                guard character == UInt8(ascii: "=") else { return nil }
                break
            }
            let value = Self.base64Values[Int(character)]
            guard value >= 0 else { return nil }
            group = group << 6 | Int(value)
            if index % 4 == 3 {
                bytes.append(UInt8(truncatingIfNeeded: group >> 16))
                bytes.append(UInt8(truncatingIfNeeded: group >> 8))
                bytes.append(UInt8(truncatingIfNeeded: group))
                group = 0
            }
        }
        guard group & 3 == 0 else { return nil }
        bytes.append(UInt8(truncatingIfNeeded: group >> 10))
        bytes.append(UInt8(truncatingIfNeeded: group >> 2))
        self.init(bytes: bytes)
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
    private static let base64Digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let base64Values: [Int8] = {
        var values = [Int8](repeating: -1, count: 256)
        for (value, character) in base64Digits.enumerated() { values[Int(character)] = Int8(value) }
        return values
    }()

    private static func hexValue(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x46: character - 0x41 + 10
        case 0x61...0x66: character - 0x61 + 10
        default: nil
        }
    }
}
