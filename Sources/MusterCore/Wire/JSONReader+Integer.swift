extension JSONReader {
    /// Reads the number at the position.
    mutating func integer(_ bytes: Span<UInt8>) throws(JSONError) -> Int64 {
        let start = position
        let negative = bytes[position] == UInt8(ascii: "-")
        if negative { position += 1 }
        guard let first = digit(bytes) else { throw unexpected(bytes) }
        var magnitude = first
        position += 1
        while let next = digit(bytes) {
            guard magnitude > 0 else { throw JSONError(fault: .leadingZero, offset: start) }
            magnitude = magnitude * 10 + next
            guard magnitude <= JSON.integerLimit else {
                throw JSONError(fault: .integerOutOfRange, offset: start)
            }
            position += 1
        }
        if position < bytes.count, Self.continuesNumber(bytes[position]) {
            throw error(.notAnInteger)
        }
        guard magnitude > 0 || !negative else {
            throw JSONError(fault: .negativeZero, offset: start)
        }
        return negative ? -magnitude : magnitude
    }

    private func digit(_ bytes: Span<UInt8>) -> Int64? {
        guard position < bytes.count else { return nil }
        let value = bytes[position] &- UInt8(ascii: "0")
        return value < 10 ? Int64(value) : nil
    }

    private static func continuesNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
    }
}
