// MARK says how far the log was known to be durable, beside the log itself: recovery cuts off
// nothing that stands below it, and a log that ends before it has lost something. It is rewritten
// about once a second while events are appended, and when the log is closed.
//
//     two slots of 512 bytes, numbers little-endian
//       0  8   magic "MusterMk"
//       8  u32 format, 1
//      12  u32 flags: bit 0 the log was closed here; others are zero
//      16  16  id of the log
//      32  u64 number of the writing: odd ones stand in the second slot, even ones in the first
//      40  u64 number of the segment that holds the last durable commit
//      48  u64 offset behind that commit in the segment
//      56  u64 position of its last event
//      64  32  chain behind it
//      96  412 zero
//     508  u32 CRC-32C of bytes 0 to 507
//
// A slot of zeros was never written; two of them are as good as no file. Each writing takes the
// slot of the older one and is synced before the next begins, so an interrupted one leaves the
// other slot whole. Of two good slots the one with the higher number counts.
//
// Where one slot is damaged, the other counts: it is at most a writing older, and an older mark
// only protects less. Where neither is good the start is refused: a disk writes a sector as a
// whole, so no crash does that, and nobody could tell a log whose end is lost from a whole one. A
// MARK that is missing protects nothing and is no damage: a log has none before its first
// writing, and whoever removes it from a copy says that the log is to be taken as it is.

import MusterCore

/// How far a log was durable when it was last marked.
struct Mark: Hashable, Sendable {
    static let path = "MARK"
    static let slotSize = 512
    /// What is said of a mark in a format of later versions.
    static let newer = "a newer version wrote it"

    private static let format: UInt32 = 1
    private static let magic = UInt64(littleEndianText: "MusterMk")
    private static let closed: UInt32 = 1
    private static let checksumOffset = slotSize - 4

    let log: LogID
    let number: UInt64
    let segment: UInt64
    let offset: UInt64
    let position: Position
    let chain: Digest
    let isClean: Bool

    /// The slot this one belongs in, 0 or 1.
    var slot: Int { Int(number & 1) }

    /// The 512 bytes.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.slotSize)
        bytes.append(number: Self.magic)
        bytes.append(number: Self.format)
        bytes.append(number: isClean ? Self.closed : 0)
        log.append(to: &bytes)
        bytes.append(number: number)
        bytes.append(number: segment)
        bytes.append(number: offset)
        bytes.append(number: position)
        chain.append(to: &bytes)
        bytes.append(contentsOf: repeatElement(0, count: Self.checksumOffset - bytes.count))
        bytes.append(number: CRC32C.checksum(of: bytes.span))
        return bytes
    }

    /// What stands in one slot.
    enum Slot: Hashable, Sendable {
        case empty
        case mark(Mark)
        case damaged
        case newer

        init(_ index: Int, of bytes: Span<UInt8>) {
            let start = index * Mark.slotSize
            guard bytes.count >= start + Mark.slotSize else {
                self = .damaged
                return
            }
            self.init(bytes.extracting(start..<start + Mark.slotSize), index: index)
        }

        private init(_ slot: Span<UInt8>, index: Int) {
            let isEmpty = slot.indices.allSatisfy { slot[$0] == 0 }
            guard !isEmpty else {
                self = .empty
                return
            }
            let checksum = CRC32C.checksum(of: slot.extracting(0..<Mark.checksumOffset))
            guard slot.number(at: 0) == Mark.magic, slot.number(at: Mark.checksumOffset) == checksum
            else {
                self = .damaged
                return
            }
            let format: UInt32 = slot.number(at: 8)
            let flags: UInt32 = slot.number(at: 12)
            guard format == Mark.format, flags & ~Mark.closed == 0 else {
                self = .newer
                return
            }
            let mark = Mark(slot, isClean: flags == Mark.closed)
            self = mark.slot == index ? .mark(mark) : .damaged
        }
    }

    private init(_ slot: Span<UInt8>, isClean: Bool) {
        log = LogID(at: 16, of: slot)
        number = slot.number(at: 32)
        segment = slot.number(at: 40)
        offset = slot.number(at: 48)
        position = slot.number(at: 56)
        chain = Digest(at: 64, of: slot)
        self.isClean = isClean
    }

    /// The mark of `number` that says `seal` is durable in `segment`.
    init(
        _ number: UInt64, of log: LogID, segment: UInt64, end: Manifest.Seal, isClean: Bool
    ) {
        self.log = log
        self.number = number
        self.segment = segment
        offset = UInt64(end.length)
        position = end.lastPosition
        chain = end.chain
        self.isClean = isClean
    }

    /// Whether the log has the mark's chain at its position; commits that do not reach it, or begin
    /// behind it, say nothing.
    func agrees(with commit: CommitHeader) -> Bool {
        guard commit.firstPosition <= position, position <= commit.lastPosition else { return true }
        return commit.lastPosition == position && commit.chain == chain
    }

    /// The newest mark, or nil where there is none.
    static func read(_ disk: any FileSystem) throws(LogError) -> Mark? {
        guard let slots = try slots(disk) else { return nil }
        var newest: Mark?
        for slot in slots {
            switch slot {
            case .mark(let mark):
                if newest.map({ $0.number < mark.number }) ?? true { newest = mark }
            case .newer: throw .directory(.mark(newer))
            case .empty, .damaged: break
            }
        }
        guard newest != nil || slots.allSatisfy({ $0 == .empty }) else {
            throw .directory(.mark("neither of its slots is whole"))
        }
        return newest
    }

    /// Both slots, or nil where there is no MARK.
    static func slots(_ disk: any FileSystem) throws(LogError) -> [Slot]? {
        let found = try failing { () throws(FileError) in
            try disk.content(of: path, limit: 2 * slotSize + 1)
        }
        guard let bytes = found else { return nil }
        guard bytes.count == 2 * slotSize else {
            throw .directory(.mark("it does not have the size of two slots"))
        }
        return [Slot(0, of: bytes.span), Slot(1, of: bytes.span)]
    }
}

/// The open file of marks.
struct MarkFile {
    private let file: Descriptor
    private let disk: any FileSystem
    private let log: LogID
    private var number: UInt64

    /// Makes the file, or goes on with the one that `last` was read from.
    init(
        _ disk: any FileSystem, log: LogID, after last: Mark?
    ) throws(FileError) {
        if last == nil {
            try disk.replace(
                Mark.path, with: [UInt8](repeating: 0, count: 2 * Mark.slotSize))
        }
        file = try disk.open(Mark.path, .readWrite)
        self.disk = disk
        self.log = log
        number = last?.number ?? 0
    }

    /// Writes and syncs the next mark.
    mutating func write(
        segment: UInt64, end: Manifest.Seal, isClean: Bool
    ) throws(FileError) {
        number += 1
        let mark = Mark(number, of: log, segment: segment, end: end, isClean: isClean)
        try disk.write(mark.bytes, to: file, at: mark.slot * Mark.slotSize)
        try disk.synchronize(file)
    }

    func close() { disk.close(file) }
}
