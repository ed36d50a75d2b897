import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

@Suite struct `Refusals to start` {
    /// A disk with a log of three segments, and its events.
    private func disk() throws -> (SimulatedDisk, [Event]) {
        let disk = SimulatedDisk(seed: 1)
        var random = Random(seed: 9)
        var events: [Event] = []
        for _ in 0..<3 {
            let log = try OpenedLog(disk).log
            for _ in 0..<3 {
                let new = random.events(most: 4)
                events += new
                _ = try log.append(new) { random.salt() }
            }
            try log.close()
        }
        return (disk, events)
    }

    private func refusal(_ disk: SimulatedDisk) -> LogError? {
        logError { () throws(LogError) in _ = try OpenedLog(disk) }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a flipped bit anywhere in a sealed log`(segment: UInt64) throws {
        let (disk, events) = try disk()
        let path = SegmentFile.path(segment)
        let bytes = try #require(disk.files[path])
        for offset in stride(from: 0, to: bytes.count, by: 3) {
            let flipped = disk.released()
            var changed = bytes
            changed[offset] ^= 1 << UInt8(offset % 8)
            flipped.put(changed, at: path)
            #expect(refusal(flipped) != nil, "byte \(offset)")
            #expect(flipped.files[path] == changed, "nothing is changed")
        }
        #expect(try OpenedLog(disk).events == events)
    }

    @Test func `a flipped bit in MANIFEST`() throws {
        let (disk, _) = try disk()
        let bytes = try #require(disk.files["MANIFEST"])
        for bit in 0..<bytes.count * 8 {
            let flipped = disk.released()
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            flipped.put(changed, at: "MANIFEST")
            guard case .directory(.manifest) = refusal(flipped) else {
                Issue.record("bit \(bit) was accepted")
                return
            }
        }
    }

    @Test func `a segment that is missing, cut, lengthened or out of place`() throws {
        let (disk, _) = try disk()
        let files = disk.files
        let first = try #require(files[SegmentFile.path(1)])
        let second = try #require(files[SegmentFile.path(2)])
        let missing = disk.released()
        try missing.remove(SegmentFile.path(2))
        #expect(refusal(missing) == .directory(.segmentMissing(2)))
        let cut = disk.released()
        cut.put(Array(second.dropLast(8)), at: SegmentFile.path(2))
        guard case .damaged(2, _) = refusal(cut) else {
            Issue.record("a cut segment was accepted")
            return
        }
        let longer = disk.released()
        longer.put(second + [0, 0], at: SegmentFile.path(2))
        guard case .damaged(2, let damage) = refusal(longer) else {
            Issue.record("a lengthened segment was accepted")
            return
        }
        #expect(damage.kind == .behindEnd)
        let swapped = disk.released()
        swapped.put(first, at: SegmentFile.path(2))
        guard case .directory(.segmentHeader(2, _)) = refusal(swapped) else {
            Issue.record("a segment out of place was accepted")
            return
        }
    }

    @Test func `a segment that lost its last commit`() throws {
        let disk = SimulatedDisk(seed: 1)
        var random = Random(seed: 9)
        let log = try OpenedLog(disk).log
        _ = try log.append([random.event()]) { random.salt() }
        let before = log.head.bytes
        _ = try log.append([random.event()]) { random.salt() }
        try log.close()
        let path = SegmentFile.path(1)
        let bytes = try #require(disk.files[path])
        disk.put(Array(bytes.prefix(before)), at: path)
        #expect(
            refusal(disk)
                == .damaged(
                    segment: 1,
                    Damage(offset: before, firstPosition: 2, lastPosition: 2, kind: .missing)))
    }

    @Test func `events that MANIFEST does not name`() throws {
        let (disk, _) = try disk()
        let bytes = try #require(disk.files[SegmentFile.path(3)])
        let unknown = disk.released()
        unknown.put(bytes, at: SegmentFile.path(4))
        #expect(refusal(unknown) == .directory(.segmentUnknown(4)))
        let without = disk.released()
        try without.remove("MANIFEST")
        #expect(refusal(without) == .directory(.manifestMissing(segment: 1)))
    }

    @Test func `a segment that was never used is removed`() throws {
        let (disk, events) = try disk()
        let bytes = try #require(disk.files[SegmentFile.path(3)])
        let unused = Array(bytes.prefix(SegmentHeader.size)) + [UInt8](repeating: 0, count: 999)
        disk.put(unused, at: SegmentFile.path(4))
        #expect(try OpenedLog(disk).events == events)
        #expect(disk.files[SegmentFile.path(4)] == nil)
    }
}
