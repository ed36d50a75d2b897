// Little-endian numbers in bytes. The only file of the log format that touches memory.

import Crypto

extension Span where Element == UInt8 {
    /// The little-endian number at `offset`; traps where the bytes do not exist.
    package func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Number {
        // The load itself checks its bounds, and every bit pattern is a number.
        Number(
            littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// Whether every byte of `range` is zero.
    package func isZero(_ range: Range<Int>) -> Bool {
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

    /// The bytes of `range`.
    func copy(_ range: Range<Int>) -> [UInt8] {
        [UInt8](capacity: range.count) { output in
            for offset in range { output.append(self[offset]) }
        }
    }

    /// One past the last byte of `range` that is not zero, or the range's start.
    package func endOfContent(in range: Range<Int>) -> Int {
        var end = range.upperBound
        while end - 8 >= range.lowerBound, (number(at: end - 8) as UInt64) == 0 { end -= 8 }
        while end > range.lowerBound, self[end - 1] == 0 { end -= 1 }
        return end
    }
}

extension [UInt8] {
    /// Appends `number` in little-endian order.
    package mutating func append(number: some FixedWidthInteger & BitwiseCopyable) {
        // The bytes are read while the number stands on the stack, and nothing keeps the pointer.
        unsafe Swift.withUnsafeBytes(of: number.littleEndian) { unsafe append(contentsOf: $0) }
    }

    /// Appends the 32 bytes of each digest.
    mutating func append(digests: [Digest]) {
        let start = count
        append(contentsOf: repeatElement(0, count: digests.count * 32))
        var output = mutableSpan
        let digests = digests.span
        for index in digests.indices { output.store(digests[index], at: start + index * 32) }
    }

    /// Appends a copy of `bytes`.
    mutating func append(copying bytes: Span<UInt8>) {
        // Exactly the span's bytes are read, and nothing keeps the pointer.
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}

extension Array where Element: BitwiseCopyable {
    /// Where the first element lies, for looks ahead; nothing may be read there.
    var address: UInt {
        // The pointer becomes a number.
        unsafe span.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    }
}

extension Digest {
    /// The 32 bytes at `offset` of `bytes`.
    package init(at offset: Int, of bytes: Span<UInt8>) {
        self.init(
            (
                (bytes.number(at: offset) as UInt64).byteSwapped,
                (bytes.number(at: offset + 8) as UInt64).byteSwapped,
                (bytes.number(at: offset + 16) as UInt64).byteSwapped,
                (bytes.number(at: offset + 24) as UInt64).byteSwapped
            ))
    }

    /// The digest of `bytes`, which are not copied.
    package static func sha256(_ bytes: Span<UInt8>) -> Digest {
        var hash = SHA256()
        // The hash reads exactly the span's bytes and keeps no pointer.
        unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        // The hash's own storage is read while it stands; it has 32 bytes.
        return unsafe hash.finalize().withUnsafeBytes {
            Digest(at: 0, of: unsafe Span(_unsafeElements: $0.bindMemory(to: UInt8.self)))
        }
    }
}

extension MutableSpan where Element == UInt8 {
    /// Writes `number` in little-endian order at `offset`; traps where it has no room there.
    package mutating func store<Number: FixedWidthInteger & BitwiseCopyable>(
        _ number: Number, at offset: Int
    ) {
        // The store itself checks its bounds, and every bit pattern is bytes.
        var bytes = unsafe mutableBytes
        bytes.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }

    /// Writes the 32 bytes of `digest` at `offset`.
    package mutating func store(_ digest: Digest, at offset: Int) {
        store(digest.words.0.byteSwapped, at: offset)
        store(digest.words.1.byteSwapped, at: offset + 8)
        store(digest.words.2.byteSwapped, at: offset + 16)
        store(digest.words.3.byteSwapped, at: offset + 24)
    }
}

extension LogID {
    /// The 16 bytes at `offset` of `bytes`.
    package init(at offset: Int, of bytes: Span<UInt8>) {
        self.init(
            high: UInt64(bigEndian: UInt64(littleEndian: bytes.number(at: offset))),
            low: UInt64(bigEndian: UInt64(littleEndian: bytes.number(at: offset + 8))))
    }

    /// Appends the 16 bytes.
    package func append(to bytes: inout [UInt8]) {
        bytes.append(number: high.byteSwapped)
        bytes.append(number: low.byteSwapped)
    }
}
