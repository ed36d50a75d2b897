import Crypto

/// The hash chain over commits: lost, swapped, repeated and restored commits break it, which a
/// checksum would not notice.
package enum Chain {
    /// The chain before the first commit of a log: SHA-256 of the log's id.
    package static func start(of log: LogID) -> Digest {
        var bytes: [UInt8] = []
        log.append(to: &bytes)
        return Digest.sha256(bytes.span)
    }

    /// SHA-256 of the previous chain, the commit's first position (u64) and number of records
    /// (u32), little-endian, and the digests of its two parts.
    package static func next(
        after previous: Digest, firstPosition: Position, count: UInt32, records: Digest,
        identities: Digest
    ) -> Digest {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(108)
        previous.append(to: &bytes)
        bytes.append(number: firstPosition)
        bytes.append(number: count)
        records.append(to: &bytes)
        identities.append(to: &bytes)
        return Digest.sha256(bytes.span)
    }
}
