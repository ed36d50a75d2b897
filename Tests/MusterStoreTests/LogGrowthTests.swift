import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

@Suite struct `The growth of a log` {
    private static let day: Int64 = 86_400
    private static let start = Timestamp(milliseconds: 1_795_435_200_000)

    /// Opens the log, appends one event of some people at that day, and closes it: a segment of its
    /// own.
    private func append(_ people: Int, onDay day: Int64, to disk: SimulatedDisk) throws {
        var random = Random(seed: UInt64(day))
        let log = try OpenedLog(disk).log
        let digests = (0..<people).map { _ in Digest.sha256("\(random.next())".utf8) }
        let event = Event(
            at: Self.start.advanced(seconds: day * Self.day), actor: .daemon,
            fact: .membersAdded(
                MembersChanged(instance: 1, identities: .digests(digests), unchanged: 0)))
        _ = try log.append([event]) { random.salt() }
        try log.close()
    }

    private func growth(_ disk: SimulatedDisk, onDay day: Int64) throws -> Int? {
        let log = try OpenedLog(disk).log
        let bytes = log.head.bytes
        try log.close()
        return try LogGrowth.bytesADay(
            disk, bytes: bytes, at: Self.start.advanced(seconds: day * Self.day))
    }

    @Test func `is not known on the first day, without a log, or before its time`() throws {
        let disk = SimulatedDisk(seed: 1)
        #expect(try growth(disk, onDay: 9) == nil)
        try append(10, onDay: 0, to: disk)
        #expect(try growth(disk, onDay: 0) == nil)
        #expect(try growth(disk, onDay: -3) == nil)
        #expect(try growth(disk, onDay: 1) != nil)
    }

    @Test func `is what was written by the day`() throws {
        let disk = SimulatedDisk(seed: 1)
        try append(100, onDay: 0, to: disk)
        let bytes = try disk.bytesOfSegments()
        #expect(try growth(disk, onDay: 1) == bytes)
        #expect(try growth(disk, onDay: 4) == bytes / 4)
    }

    @Test func `forgets what is older than the segment that spans a week`() throws {
        let disk = SimulatedDisk(seed: 1)
        try append(50_000, onDay: 0, to: disk)
        let old = try disk.bytesOfSegments()
        try append(100, onDay: 20, to: disk)
        try append(100, onDay: 28, to: disk)
        let recent = try disk.bytesOfSegments() - old
        #expect(try growth(disk, onDay: 30) == recent / 10)
    }

    @Test func `does not end at a header that is damaged`() throws {
        let disk = SimulatedDisk(seed: 1)
        try append(100, onDay: 0, to: disk)
        try append(100, onDay: 5, to: disk)
        let log = try OpenedLog(disk).log
        let bytes = log.head.bytes
        try log.close()
        let file = try disk.open(SegmentFile.path(1), .readWrite)
        try disk.write([0], to: file, at: 0)
        disk.close(file)
        let seen = try LogGrowth.bytesADay(
            disk, bytes: bytes, at: Self.start.advanced(seconds: 7 * Self.day))
        #expect(seen != nil)
    }
}
