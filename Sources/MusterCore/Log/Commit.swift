// A commit is what one write made durable: it is there as a whole or not at all.
//
//     header, 136 bytes, numbers little-endian
//       0  u32 length of the whole commit, a multiple of 8
//       4  u32 number of records, at least 1
//       8  u64 position of the first record; the others follow by one
//      16  u32 flags: bit 0 erased (identities were zeroed later, and an event of the log says so); others are zero
//      20  u32 bytes of the records part
//      24  u32 bytes of the identities part; both parts together are at most 8 MiB
//      28  u32 CRC-32C of bytes 136 to the commit's end
//      32  32  chain: SHA-256 of the chain before (the segment header's, or the previous commit's), bytes 8 to 15,
//              bytes 4 to 7, and the two digests below
//      64  32  SHA-256 of the records part
//      96  32  SHA-256 of the identities part, salt included, as it was first written
//     128  u32 CRC-32C of bytes 0 to 127
//     132  u32 magic "MCmt"
//     body
//     136      the records part, then the identities part (Record.swift)
//              0 to 7 zero bytes, so that the length is a multiple of 8
//              u32 magic "tmCM", the last four bytes
//
// Both checksums continue from the segment's seed: the CRC-32C of the log's id (16 bytes) and the
// segment's number (u64). Together they cover every byte but the first magic. The header has its
// own, so that the length is known to be right even where the body is not: an unfinished commit is
// told from a damaged one by where it ends.
//
// The file is cut in sectors of 512 bytes from its start. Whatever part of a valid commit lies in
// one sector holds a byte that is not zero: its first eight bytes do (length and count), its last
// four do (magic), and 512 bytes between them hold at least part of a record or a slot. So a commit
// with an all-zero part was never written as a whole. Erased commits are the exception, and are
// never taken for unfinished ones.

/// The constants of the commit format.
package enum CommitFormat {
    /// The most bytes of both parts of a commit's body.
    package static let bodyLimit = 8 << 20
    package static let headerSize = 136
    /// The end of a commit's body: a magic of four bytes.
    static let trailerSize = 4
    static let magic = UInt32(truncatingIfNeeded: UInt64(littleEndianText: "MCmt"))
    static let endMagic = UInt32(truncatingIfNeeded: UInt64(littleEndianText: "tmCM"))
    static let erased: UInt32 = 1
    /// What a disk writes as a whole.
    package static let sectorSize = 512

    /// The length of a commit with a body of `bytes`.
    package static func length(body bytes: Int) -> Int {
        headerSize + (bytes + trailerSize + 7) & ~7
    }
}

/// The first 136 bytes of a commit, with their checksum right.
package struct CommitHeader: Hashable, Sendable {
    package let length: Int
    package let count: UInt32
    package let firstPosition: Position
    package let flags: UInt32
    package let recordBytes: Int
    package let identityBytes: Int
    package let chain: Digest
    package let recordsDigest: Digest
    package let identitiesDigest: Digest
    let bodyChecksum: UInt32

    /// The position of the last record.
    package var lastPosition: Position { firstPosition &+ Position(count) &- 1 }

    package var isErased: Bool { flags & CommitFormat.erased != 0 }

    /// Nil where no header with the right checksum stands at `offset`.
    init?(at offset: Int, of bytes: Span<UInt8>, seed: UInt32) {
        guard offset + CommitFormat.headerSize <= bytes.count,
            bytes.number(at: offset + 132) == CommitFormat.magic,
            bytes.number(at: offset + 128)
                == CRC32C.checksum(of: bytes.extracting(offset..<offset + 128), seed: seed)
        else { return nil }
        length = Int(bytes.number(at: offset) as UInt32)
        count = bytes.number(at: offset + 4)
        firstPosition = bytes.number(at: offset + 8)
        flags = bytes.number(at: offset + 16)
        recordBytes = Int(bytes.number(at: offset + 20) as UInt32)
        identityBytes = Int(bytes.number(at: offset + 24) as UInt32)
        bodyChecksum = bytes.number(at: offset + 28)
        chain = Digest(at: offset + 32, of: bytes)
        recordsDigest = Digest(at: offset + 64, of: bytes)
        identitiesDigest = Digest(at: offset + 96, of: bytes)
    }

    /// Whether the lengths agree with one another and with the bounds.
    var isConsistent: Bool {
        count > 0 && recordBytes + identityBytes <= CommitFormat.bodyLimit
            && recordBytes >= Int(count) * RecordFormat.headerSize
            && firstPosition.addingReportingOverflow(Position(count)).overflow == false
            && length == CommitFormat.length(body: recordBytes + identityBytes)
    }
}

/// A commit whose header, checksums and place in the chain are right, at an offset of a segment.
package struct Commit: Hashable, Sendable {
    package let offset: Int
    package let header: CommitHeader

    package var end: Int { offset + header.length }

    package init(offset: Int, header: CommitHeader) {
        self.offset = offset
        self.header = header
    }

    /// The commit whose header stands at `offset`; nil where none does that fits there.
    package init?(at offset: Int, of bytes: Span<UInt8>, seed: UInt32) {
        guard offset >= 0, offset < bytes.count,
            let header = CommitHeader(at: offset, of: bytes, seed: seed), header.isConsistent,
            header.length <= bytes.count - offset
        else { return nil }
        self.init(offset: offset, header: header)
    }

    var records: Range<Int> {
        let start = offset + CommitFormat.headerSize
        return start..<start + header.recordBytes
    }

    var identities: Range<Int> {
        records.upperBound..<records.upperBound + header.identityBytes
    }

    /// Calls `body` with the events up to and with position `limit`, and gives how many slots of
    /// these name nobody any more.
    @discardableResult
    package func events(
        of bytes: Span<UInt8>, through limit: Position = .max,
        _ body: (Event, Position) -> Void
    ) throws(LogFault) -> Int {
        var decoder = try RecordDecoder(records: records, identities: identities)
        var position = header.firstPosition
        for _ in 0..<header.count {
            if position > limit { return decoder.erasedSlots }
            body(try decoder.next(in: bytes), position)
            position += 1
        }
        guard decoder.isAtEnd else { throw .malformed("a commit holds more than its records") }
        guard decoder.erasedSlots == 0 || header.isErased else {
            throw .malformed("a slot was zeroed in a commit that is not marked as erased")
        }
        return decoder.erasedSlots
    }
}
