// MANIFEST says which segments are the log. It is replaced as a whole when a segment begins and
// when the last one ends.
//
//     numbers little-endian
//       0  8   magic "MusterMf"
//       8  u32 format, 1
//      12  u32 number of segments, at least 1
//      16  16  id of the log
//      32      for each segment, 64 bytes:
//                u64 number; the first is 1, the others follow by one
//                u64 position of the first event it holds or will hold
//                u64 length in bytes once it is sealed, 0 before: only the last one may be open
//                u64 position of its last event (one less than its first, where it holds none); 0 while open
//                32  chain behind its last commit; zero while open
//              u32 CRC-32C of everything before

package import MusterCore

/// The segments of a log, in order.
package struct Manifest: Hashable, Sendable {
    static let path = "MANIFEST"
    static let format: UInt32 = 1
    static let segmentLimit = 1 << 20

    private static let magic = UInt64(littleEndianText: "MusterMf")
    private static let headerSize = 32
    static let entrySize = 64

    package let log: LogID
    package private(set) var segments: [Entry] = []

    /// One segment.
    package struct Entry: Hashable, Sendable {
        package let number: UInt64
        package let basePosition: Position
        package fileprivate(set) var seal: Seal?
    }

    /// How a finished segment ends.
    package struct Seal: Hashable, Sendable {
        package let length: Int
        package let lastPosition: Position
        package let chain: Digest
    }

    init(log: LogID) {
        self.log = log
    }

    /// The next segment begins behind the last, which must be sealed.
    mutating func begin(at position: Position) {
        segments.append(
            Entry(number: UInt64(segments.count) + 1, basePosition: position, seal: nil))
    }

    mutating func sealLast(_ seal: Seal) {
        segments[segments.count - 1].seal = seal
    }

    /// Drops the segments behind number `last`, which is open again.
    mutating func cut(to last: UInt64) {
        segments.removeLast(segments.count - Int(last))
        segments[segments.count - 1].seal = nil
    }

    /// Nil where there is no MANIFEST.
    init?(reading disk: any FileSystem) throws(LogError) {
        let limit = Self.headerSize + Self.segmentLimit * Self.entrySize + 4
        let found = try failing { () throws(FileError) in
            try disk.content(of: Self.path, limit: limit + 1)
        }
        guard let bytes = found else { return nil }
        guard bytes.count <= limit else { throw .directory(.manifest("it is too long")) }
        self = try Self(decoding: bytes.span)
    }

    private init(decoding bytes: Span<UInt8>) throws(LogError) {
        let end = bytes.count - 4
        guard end >= Self.headerSize, bytes.number(at: 0) == Self.magic,
            CRC32C.checksum(of: bytes.extracting(0..<end)) == bytes.number(at: end)
        else { throw .directory(.manifest("it is not whole, or its checksum does not match")) }
        let format: UInt32 = bytes.number(at: 8)
        guard format == Self.format else {
            throw .newer(segment: 0, offset: 8, what: "format \(format)")
        }
        let count = Int(bytes.number(at: 12) as UInt32)
        guard count > 0, end == Self.headerSize + count * Self.entrySize else {
            throw .directory(.manifest("its length does not fit its number of segments"))
        }
        log = LogID(at: 16, of: bytes)
        for index in 0..<count {
            segments.append(Entry(at: Self.headerSize + index * Self.entrySize, of: bytes))
        }
        guard isContinuous else {
            throw .directory(.manifest("its segments do not follow one another"))
        }
    }

    private var isContinuous: Bool {
        var next: Position? = 1
        for (index, entry) in segments.enumerated() {
            guard entry.number == UInt64(index) + 1, entry.basePosition == next else {
                return false
            }
            if let seal = entry.seal {
                guard seal.length >= SegmentHeader.size, seal.lastPosition < .max,
                    seal.lastPosition >= entry.basePosition - 1
                else { return false }
            }
            next = entry.seal.map { $0.lastPosition + 1 }
        }
        return true
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(number: Self.magic)
        bytes.append(number: Self.format)
        bytes.append(number: UInt32(segments.count))
        log.append(to: &bytes)
        for entry in segments {
            bytes.append(number: entry.number)
            bytes.append(number: entry.basePosition)
            bytes.append(number: UInt64(entry.seal?.length ?? 0))
            bytes.append(number: entry.seal?.lastPosition ?? 0)
            (entry.seal?.chain ?? .zero).append(to: &bytes)
        }
        bytes.append(number: CRC32C.checksum(of: bytes.span))
        return bytes
    }
}

extension Manifest.Entry {
    fileprivate init(at offset: Int, of bytes: Span<UInt8>) {
        number = bytes.number(at: offset)
        basePosition = bytes.number(at: offset + 8)
        let length = Int(truncatingIfNeeded: bytes.number(at: offset + 16) as UInt64)
        seal =
            length == 0
            ? nil
            : Manifest.Seal(
                length: length, lastPosition: bytes.number(at: offset + 24),
                chain: Digest(at: offset + 32, of: bytes))
    }
}
