/// Gathers events into one commit after another.
package struct CommitEncoder: Sendable {
    private var content = RecordEncoder()

    package init() {}

    package var isEmpty: Bool { content.count == 0 }

    /// How many events were gathered.
    package var count: UInt32 { content.count }

    /// The length of the commit that `seal` would write.
    package var length: Int { CommitFormat.length(body: content.byteCount) }

    /// Adds `event`, or returns false where the body would grow over its bound: seal, and add it to
    /// the next one.
    ///
    /// `salt` is called for the first event of the commit that has identities.
    package mutating func add(_ event: Event, salt: () -> Salt) throws(EncodingFault) -> Bool {
        let result = try content.append(event, limit: CommitFormat.bodyLimit, salt: salt)
        if !result.fits, isEmpty { throw .eventTooLarge(bytes: result.bytes) }
        return result.fits
    }

    /// Forgets what was gathered.
    package mutating func removeAll() { content.removeAll() }

    /// Replaces `commit` by the bytes of the commit, forgets what was gathered and returns the
    /// chain at its end.
    package mutating func seal(
        firstPosition: Position, after previous: Digest, seed: UInt32, into commit: inout [UInt8]
    ) -> Digest {
        let recordsDigest = Digest.sha256(content.records.bytes.span)
        let identitiesDigest = Digest.sha256(content.identities.bytes.span)
        let chain = Chain.next(
            after: previous, firstPosition: firstPosition, count: count, records: recordsDigest,
            identities: identitiesDigest)
        let length = length
        let trailer = trailer(length: length)
        commit.removeAll(keepingCapacity: true)
        commit.reserveCapacity(length)
        commit.append(number: UInt32(length))
        commit.append(number: count)
        commit.append(number: firstPosition)
        commit.append(number: UInt32(0))
        commit.append(number: UInt32(content.records.bytes.count))
        commit.append(number: UInt32(content.identities.bytes.count))
        commit.append(number: bodyChecksum(trailer, seed: seed))
        chain.append(to: &commit)
        recordsDigest.append(to: &commit)
        identitiesDigest.append(to: &commit)
        commit.append(number: CRC32C.checksum(of: commit.span, seed: seed))
        commit.append(number: CommitFormat.magic)
        commit.append(contentsOf: content.records.bytes)
        commit.append(contentsOf: content.identities.bytes)
        commit.append(contentsOf: trailer)
        content.removeAll()
        return chain
    }

    private func bodyChecksum(_ trailer: [UInt8], seed: UInt32) -> UInt32 {
        let first = CRC32C.checksum(of: content.records.bytes.span, seed: seed)
        let second = CRC32C.checksum(of: content.identities.bytes.span, seed: first)
        return CRC32C.checksum(of: trailer.span, seed: second)
    }

    private func trailer(length: Int) -> [UInt8] {
        let body = content.byteCount
        let padding = length - CommitFormat.headerSize - body - CommitFormat.trailerSize
        var bytes = [UInt8](repeating: 0, count: padding)
        bytes.append(number: CommitFormat.endMagic)
        return bytes
    }
}
