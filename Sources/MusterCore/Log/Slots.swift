/// The place of one person in a commit.
package struct Slot: Hashable, Sendable {
    package let instance: InstanceNumber
    /// The bytes that name the person, an address's length apart.
    package let bytes: Range<Int>
    package let digest: Digest
}

extension Commit {
    /// Calls `body` with each slot of the commit that names somebody.
    package func slots(of bytes: Span<UInt8>, _ body: (Slot) -> Void) throws(LogFault) {
        guard !identities.isEmpty else { return }
        var records = ByteReader(records)
        var identities = ByteReader(identities)
        _ = try identities.take(RecordFormat.saltSize)
        for _ in 0..<header.count {
            let start = records.offset
            let size = Int(try records.number(bytes) as UInt16)
            _ = try records.take(size - 2)
            let raw = bytes[start + 2]
            guard
                raw == EventType.membersAdded.rawValue || raw == EventType.membersRemoved.rawValue
            else { continue }
            let hasPeer = bytes[start + 4] & RecordFormat.causedByPeer != 0
            let payload = RecordFormat.headerSize + (hasPeer ? 12 : 0) + Int(bytes[start + 5])
            guard payload <= size else { throw .malformed("a record is too short") }
            var record = ByteReader(start + payload..<start + size)
            let instance: InstanceNumber = try record.number(bytes)
            _ = try record.take(4)
            let count = Int(try record.number(bytes) as UInt32)
            let form: SlotForm = try record.choice(bytes)
            for _ in 0..<count {
                let slot = try identities.slot(form, of: bytes)
                if !bytes.isZero(slot) {
                    body(
                        Slot(instance: instance, bytes: slot, digest: form.digest(slot, of: bytes)))
                }
            }
        }
    }

    /// Zeroes slots of the commit, and the salt, without which nobody can try who they named
    /// against the digest of the identities; marks the commit as erased and renews its checksums.
    ///
    /// `segment` holds the bytes of the commit's segment, and `seed` is the segment's.
    package func erase(_ slots: [Range<Int>], in segment: inout [UInt8], seed: UInt32) {
        let salt = identities.lowerBound..<identities.lowerBound + RecordFormat.saltSize
        for range in slots + [salt] {
            for index in range { segment[index] = 0 }
        }
        let flags = header.flags | CommitFormat.erased
        segment.put(flags, at: offset + 16)
        let body = records.lowerBound..<end
        segment.put(
            CRC32C.checksum(of: segment.span.extracting(body), seed: seed), at: offset + 28)
        let head = offset..<offset + 128
        segment.put(
            CRC32C.checksum(of: segment.span.extracting(head), seed: seed), at: offset + 128)
    }
}

extension ByteReader {
    fileprivate mutating func slot(_ form: SlotForm, of bytes: Span<UInt8>) throws(LogFault)
        -> Range<Int>
    {
        let count = form == .digest ? 32 : Int(try number(bytes) as UInt16)
        let start = try take(count)
        return start..<start + count
    }
}

extension SlotForm {
    fileprivate func digest(_ slot: Range<Int>, of bytes: Span<UInt8>) -> Digest {
        switch self {
        case .digest: Digest(at: slot.lowerBound, of: bytes)
        case .address: Digest.sha256(bytes.extracting(slot))
        }
    }
}

extension [UInt8] {
    /// Writes a number over the four bytes at `offset`, the least significant first.
    fileprivate mutating func put(_ number: UInt32, at offset: Int) {
        for index in 0..<4 {
            self[offset + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
        }
    }
}
