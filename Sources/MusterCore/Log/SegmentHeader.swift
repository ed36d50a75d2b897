// A segment is a file of a header and then commits (Commit.swift), back to back. Behind the last
// commit it ends, or holds zero bytes to its end where it was prepared for more.
//
//     header, 128 bytes, numbers little-endian
//       0  8   magic "MusterSg"
//       8  u32 format, 1
//      12  u32 length of the header, 128
//      16  16  id of the log
//      32  u64 number of the segment; the first is 1
//      40  u64 position of the first event it will hold
//      48  32  chain at the end of the previous segment; for the first, SHA-256 of the log's id
//      80  i64 creation by the host's clock, milliseconds since 1970-01-01T00:00:00Z; information only
//      88  36  zero
//     124  u32 CRC-32C of bytes 0 to 123

/// The first 128 bytes of a segment.
package struct SegmentHeader: Hashable, Sendable {
    package static let size = 128
    package static let format: UInt32 = 1

    private static let magic = UInt64(littleEndianText: "MusterSg")

    package let log: LogID
    package let number: UInt64
    package let basePosition: Position
    package let previousChain: Digest
    package let createdAt: Timestamp

    package init(
        log: LogID, number: UInt64, basePosition: Position, previousChain: Digest,
        createdAt: Timestamp
    ) {
        self.log = log
        self.number = number
        self.basePosition = basePosition
        self.previousChain = previousChain
        self.createdAt = createdAt
    }

    /// The header at the start of `bytes`.
    package init(decoding bytes: Span<UInt8>) throws(LogFault) {
        guard bytes.count >= Self.size else {
            throw .malformed("the segment is shorter than its header")
        }
        guard bytes.number(at: 0) == Self.magic else {
            throw .malformed("the segment does not begin with its magic")
        }
        let format: UInt32 = bytes.number(at: 8)
        guard CRC32C.checksum(of: bytes.extracting(0..<124)) == bytes.number(at: 124) else {
            throw .malformed("the segment header's checksum does not match")
        }
        guard format == Self.format else { throw .newer("segment format \(format)") }
        guard bytes.number(at: 12) == UInt32(Self.size), bytes.isZero(88..<124) else {
            throw .malformed("the segment header holds what this format does not know")
        }
        self.init(
            log: LogID(at: 16, of: bytes), number: bytes.number(at: 32),
            basePosition: bytes.number(at: 40), previousChain: Digest(at: 48, of: bytes),
            createdAt: Timestamp(milliseconds: bytes.number(at: 80)))
    }

    /// The 128 bytes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.size)
        bytes.append(number: Self.magic)
        bytes.append(number: Self.format)
        bytes.append(number: UInt32(Self.size))
        log.append(to: &bytes)
        bytes.append(number: number)
        bytes.append(number: basePosition)
        previousChain.append(to: &bytes)
        bytes.append(number: createdAt.milliseconds)
        bytes.append(contentsOf: repeatElement(0, count: 36))
        bytes.append(number: CRC32C.checksum(of: bytes.span))
        return bytes
    }

    /// What the checksums of the segment's commits begin with, so that a commit of another log or
    /// segment fails them.
    package var seed: UInt32 {
        var bytes: [UInt8] = []
        log.append(to: &bytes)
        bytes.append(number: number)
        return CRC32C.checksum(of: bytes.span)
    }
}

extension UInt64 {
    /// The number whose little-endian bytes are the first eight of `text`.
    package init(littleEndianText text: StaticString) {
        self = text.description.utf8.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
