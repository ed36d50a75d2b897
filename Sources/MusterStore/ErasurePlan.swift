// ERASURE is there while people are being erased: it says which bytes are to be zeroed and which
// events record it, and names nobody. Whoever opens the log next does what is left of it.
//
//     numbers little-endian
//       0  8   magic "MusterEr"
//       8  u32 format, 1
//      12  u32 number of places
//      16  16  id of the log
//      32  u64 position of the log's last event when it was made
//      40  u32 number of events
//      44  u32 bytes of the events
//      48      for each place, 24 bytes: u64 segment, u64 offset of the commit, u32 offset of the slot behind it,
//              u32 bytes of the slot
//              the events, as records of the log without identities
//              u32 CRC-32C of everything before
//
// The order: ERASURE is written; every segment it names is written anew beside the old one, synced
// and renamed over it; snapshots up to its position and everything in quarantine/ are removed; its
// events are appended; it is removed. Each step may be done twice.

import MusterCore

/// Places of people to be zeroed, and the events that record it.
struct ErasurePlan: Hashable, Sendable {
    static let path = "ERASURE"
    private static let format: UInt32 = 1
    private static let magic = UInt64(littleEndianText: "MusterEr")
    private static let headerSize = 48
    private static let placeSize = 24
    /// Where a segment is written anew.
    private static let writing = "ERASURE.seg"

    struct Place: Hashable, Sendable {
        let segment: UInt64
        let commit: Int
        /// Behind the commit's first byte.
        let slot: Range<Int>
    }

    let log: LogID
    let position: Position
    let places: [Place]
    let events: [Event]

    /// Nil where nobody is being erased.
    init?(reading disk: any FileSystem) throws(LogError) {
        let found = try failing { () throws(FileError) in
            try disk.content(of: Self.path, limit: .max)
        }
        guard let bytes = found else { return nil }
        do {
            try self.init(decoding: bytes.span)
        } catch {
            throw .directory(.erasure)
        }
    }

    init(log: LogID, position: Position, places: [Place], events: [Event]) {
        self.log = log
        self.position = position
        self.places = places
        self.events = events
    }

    func write(to disk: any FileSystem) throws(LogError) {
        let bytes: [UInt8]
        do {
            bytes = try encoded()
        } catch {
            throw .refused(error)
        }
        try failing { () throws(FileError) in try disk.replace(Self.path, with: bytes) }
    }

    func remove(from disk: any FileSystem) throws(LogError) {
        try failing { () throws(FileError) in
            try disk.remove(Self.path)
            try disk.synchronizeDirectory("")
        }
    }

    /// Zeroes what is not zero yet, and removes every copy of it that the directory holds.
    func carryOut(on disk: any FileSystem) throws(LogError) {
        for (segment, places) in Dictionary(grouping: places, by: \.segment).sorted(by: {
            $0.key < $1.key
        }) {
            try erase(places, in: segment, on: disk)
        }
        try failing { () throws(FileError) in
            try disk.remove(Self.writing)
            for name in try disk.names(in: Snapshots.directory) ?? []
            where Snapshots.position(of: name).map({ $0 <= position }) ?? true {
                try disk.remove("\(Snapshots.directory)/\(name)")
            }
            for name in try disk.names(in: Quarantine.directory) ?? [] {
                try disk.remove("\(Quarantine.directory)/\(name)")
            }
            for directory in [Snapshots.directory, Quarantine.directory]
            where try disk.names(in: directory) != nil {
                try disk.synchronizeDirectory(directory)
            }
        }
    }

    private func erase(
        _ places: [Place], in segment: UInt64, on disk: any FileSystem
    ) throws(LogError) {
        let path = SegmentFile.path(segment)
        let found = try failing { () throws(FileError) in try disk.content(of: path, limit: .max) }
        guard var bytes = found else { throw .directory(.segmentMissing(segment)) }
        let header: SegmentHeader
        do {
            header = try SegmentHeader(decoding: bytes.span)
        } catch {
            throw .directory(.erasure)
        }
        var hasChanged = false
        for (offset, slots) in Dictionary(grouping: places, by: \.commit) {
            guard let commit = Commit(at: offset, of: bytes.span, seed: header.seed),
                slots.allSatisfy({ offset + $0.slot.upperBound <= commit.end })
            else { throw .directory(.erasure) }
            let ranges = slots.map { offset + $0.slot.lowerBound..<offset + $0.slot.upperBound }
            guard !commit.header.isErased || ranges.contains(where: { !bytes.span.isZero($0) })
            else { continue }
            commit.erase(ranges, in: &bytes, seed: header.seed)
            hasChanged = true
        }
        guard hasChanged else { return }
        try failing { () throws(FileError) in
            try disk.remove(Self.writing)
            try disk.create(Self.writing, with: bytes)
            try disk.rename(Self.writing, to: path)
            try disk.synchronizeDirectory(SegmentFile.directory)
            try disk.synchronizeDirectory("")
        }
    }
}

extension ErasurePlan {
    private init(decoding bytes: Span<UInt8>) throws(LogFault) {
        let end = bytes.count - 4
        guard end >= Self.headerSize, bytes.number(at: 0) == Self.magic,
            bytes.number(at: 8) == Self.format,
            CRC32C.checksum(of: bytes.extracting(0..<end)) == bytes.number(at: end)
        else { throw .malformed("it is not whole") }
        let count = Int(bytes.number(at: 12) as UInt32)
        let start = Self.headerSize + count * Self.placeSize
        let size = Int(bytes.number(at: 44) as UInt32)
        guard start + size == end else { throw .malformed("its lengths contradict each other") }
        var places: [Place] = []
        for index in 0..<count {
            let at = Self.headerSize + index * Self.placeSize
            let slot = Int(bytes.number(at: at + 16) as UInt32)
            places.append(
                Place(
                    segment: bytes.number(at: at),
                    commit: Int(truncatingIfNeeded: bytes.number(at: at + 8) as UInt64),
                    slot: slot..<slot + Int(bytes.number(at: at + 20) as UInt32)))
        }
        self.init(
            log: LogID(at: 16, of: bytes), position: bytes.number(at: 32), places: places,
            events: try Records.events(
                bytes.number(at: 40), in: start..<start + size, of: bytes))
    }

    private func encoded() throws(EncodingFault) -> [UInt8] {
        let records = try Records.bytes(of: events)
        var bytes: [UInt8] = []
        bytes.append(number: Self.magic)
        bytes.append(number: Self.format)
        bytes.append(number: UInt32(places.count))
        log.append(to: &bytes)
        bytes.append(number: position)
        bytes.append(number: UInt32(events.count))
        bytes.append(number: UInt32(records.count))
        for place in places {
            bytes.append(number: place.segment)
            bytes.append(number: UInt64(place.commit))
            bytes.append(number: UInt32(place.slot.lowerBound))
            bytes.append(number: UInt32(place.slot.count))
        }
        bytes += records
        bytes.append(number: CRC32C.checksum(of: bytes.span))
        return bytes
    }
}
