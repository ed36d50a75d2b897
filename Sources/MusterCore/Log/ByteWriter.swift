/// Bytes that grow at their end, in the forms `ByteReader` reads.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func number(_ number: some FixedWidthInteger & BitwiseCopyable) {
        bytes.append(number: number)
    }

    mutating func digest(_ digest: Digest) {
        digest.append(to: &bytes)
    }

    mutating func digests(_ digests: [Digest]) {
        bytes.append(digests: digests)
    }

    mutating func flag(_ flag: Bool) {
        bytes.append(flag ? 1 : 0)
    }

    mutating func text(_ text: String) throws(EncodingFault) {
        guard text.utf8.count <= RecordFormat.textLimit else { throw .textTooLong }
        guard !text.utf8.contains(0) else { throw .textHoldsZeroByte }
        number(UInt16(text.utf8.count))
        raw(text)
    }

    mutating func optionalText(_ text: String?) throws(EncodingFault) {
        flag(text != nil)
        if let text { try self.text(text) }
    }

    mutating func raw(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func raw(_ id: CommandID) {
        id.append(to: &bytes)
    }

    mutating func raw(_ other: [UInt8]) {
        bytes.append(contentsOf: other)
    }

    /// Writes a 16-bit number over the two bytes at `offset`.
    mutating func patch(_ number: UInt16, at offset: Int) {
        bytes[offset] = UInt8(truncatingIfNeeded: number)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: number >> 8)
    }

    /// Takes back everything after the first `count` bytes.
    mutating func cut(to count: Int) {
        bytes.removeLast(bytes.count - count)
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }
}
