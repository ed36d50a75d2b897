// Little-endian numbers in bytes. The only file of the log format that touches memory.

extension Span where Element == UInt8 {
    /// The little-endian number at `offset`; traps where the bytes do not exist.
    func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Number {
        // The load itself checks its bounds, and every bit pattern is a number.
        Number(
            littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// Whether every byte of `range` is zero.
    func isZero(_ range: Range<Int>) -> Bool {
        var offset = range.lowerBound
        while offset + 8 <= range.upperBound {
            if (number(at: offset) as UInt64) != 0 { return false }
            offset += 8
        }
        while offset < range.upperBound {
            if self[offset] != 0 { return false }
            offset += 1
        }
        return true
    }

    /// One past the last byte of `range` that is not zero, or the range's start.
    func endOfContent(in range: Range<Int>) -> Int {
        var end = range.upperBound
        while end - 8 >= range.lowerBound, (number(at: end - 8) as UInt64) == 0 { end -= 8 }
        while end > range.lowerBound, self[end - 1] == 0 { end -= 1 }
        return end
    }
}

extension [UInt8] {
    /// Appends `number` in little-endian order.
    mutating func append(number: some FixedWidthInteger & BitwiseCopyable) {
        // The bytes are read while the number stands on the stack, and nothing keeps the pointer.
        unsafe Swift.withUnsafeBytes(of: number.littleEndian) { unsafe append(contentsOf: $0) }
    }
}
