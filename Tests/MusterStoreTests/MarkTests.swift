import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

@Suite struct `The mark` {
    /// A log with five commits and marks after the second and the fourth, and its events; the
    /// process died without closing it.
    private func disk() throws -> (disk: SimulatedDisk, ends: [Int], events: [Event]) {
        let disk = SimulatedDisk(seed: 1)
        var random = Random(seed: 9)
        var events: [Event] = []
        var ends: [Int] = []
        let log = try OpenedLog(disk).log
        for turn in 1...5 {
            let new = random.events(most: 4)
            events += new
            _ = try log.append(new) { random.salt() }
            ends.append(log.head.bytes)
            if turn == 2 || turn == 4 { try log.mark() }
        }
        return (disk.released(), ends, events)
    }

    private func refusal(_ disk: SimulatedDisk) -> LogError? {
        logError { () throws(LogError) in _ = try OpenedLog(disk) }
    }

    @Test func `it stands in two slots by turns and says how far the log is durable`() throws {
        let (disk, ends, events) = try disk()
        let slots = try #require(try Mark.slots(disk))
        guard case .mark(let second) = slots[0], case .mark(let first) = slots[1] else {
            Issue.record("\(slots)")
            return
        }
        #expect(first.number == 1 && second.number == 2)
        #expect(first.offset == UInt64(ends[1]) && second.offset == UInt64(ends[3]))
        #expect(try Mark.read(disk) == second)
        #expect(!second.isClean)
        let log = try OpenedLog(disk).log
        _ = try log.append([events[0]]) { Salt(first: 1, second: 2) }
        let end = log.head
        try log.close()
        let last = try #require(try Mark.read(disk))
        #expect(last.isClean && last.number == 3 && last.segment == 2)
        #expect(last.position == end.position && last.chain == end.chain)
    }

    @Test func `a log that appended nothing is not marked`() throws {
        let (disk, _, _) = try disk()
        let before = disk.files
        let log = try OpenedLog(disk).log
        try log.mark()
        try log.close()
        #expect(disk.files == before)
    }

    @Test func `every flipped bit leaves the same events, by the other slot`() throws {
        var (disk, _, events) = try disk()
        let log = try OpenedLog(disk).log
        _ = try log.append([events[0]]) { Salt(first: 1, second: 2) }
        try log.close()
        events.append(events[0])
        let bytes = try #require(disk.files[Mark.path])
        for bit in 0..<bytes.count * 8 {
            let flipped = disk.released()
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            flipped.put(changed, at: Mark.path)
            #expect(try OpenedLog(flipped).events == events, "bit \(bit)")
        }
    }

    @Test func `two damaged slots, another size and another log are refused, none is not`() throws {
        let (disk, _, events) = try disk()
        let bytes = try #require(disk.files[Mark.path])
        var both = bytes
        both[40] ^= 1
        both[600] ^= 1
        disk.put(both, at: Mark.path)
        #expect(refusal(disk) == .directory(.mark("neither of its slots is whole")))
        disk.put(Array(bytes.dropLast()), at: Mark.path)
        #expect(refusal(disk) == .directory(.mark("it does not have the size of two slots")))
        let end = Manifest.Seal(length: 1, lastPosition: 1, chain: .zero)
        let stranger = Mark(
            4, of: LogID(high: 1, low: 1), segment: 1, end: end, isClean: false)
        disk.put(stranger.bytes + bytes[512...], at: Mark.path)
        #expect(refusal(disk) == .directory(.mark("it belongs to another log")))
        let rewritten = Mark(4, of: newLog, segment: 1, end: end, isClean: false)
        disk.put(rewritten.bytes + bytes[512...], at: Mark.path)
        #expect(refusal(disk) == .directory(.mark("it knows another history of the log")))
        try disk.remove(Mark.path)
        #expect(try OpenedLog(disk).events == events)
    }

    @Test func `what looks torn below it is damage, and above it is cut`() throws {
        let (disk, ends, _) = try disk()
        let path = SegmentFile.path(1)
        let whole = try #require(disk.files[path])
        func cut(behind commit: Int) -> SimulatedDisk {
            let cut = disk.released()
            var bytes = whole
            for offset in ends[commit]..<bytes.count { bytes[offset] = 0 }
            // The sector with the commit's header was never written, the next one was.
            bytes[(ends[commit] / 512 + 1) * 512] = 1
            cut.put(bytes, at: path)
            return cut
        }
        #expect(try OpenedLog(cut(behind: 3)).repaired?.offset == UInt64(ends[3]))
        let below = cut(behind: 2)
        let before = below.files
        guard case .damaged(1, let damage) = refusal(below) else {
            Issue.record("a durable commit was cut off")
            return
        }
        #expect(damage.kind == .durable && damage.offset == ends[2])
        #expect(below.files == before)
    }

    @Test func `a log that ends before it is refused`() throws {
        let (disk, ends, _) = try disk()
        let path = SegmentFile.path(1)
        var bytes = try #require(disk.files[path])
        for offset in ends[2]..<bytes.count { bytes[offset] = 0 }
        disk.put(bytes, at: path)
        guard case .directory(.endLost(_, _, "MARK")) = refusal(disk) else {
            Issue.record("a lost end was not noticed")
            return
        }
        #expect(!LogVerification(disk).isWhole)
    }
}
