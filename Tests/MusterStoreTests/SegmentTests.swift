import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

/// Commits that lie across windows, and some larger than one.
private let sizes = [100, 9000, 30, 9000, 9000, 40_000, 1, 9000, 25_000, 3]

private func people(_ range: Range<Int>) -> Fact {
    .membersAdded(
        MembersChanged(
            instance: 1,
            identities: .digests(
                range.map { Digest((UInt64($0), 1, UInt64($0) &* 0x9e37_79b9_7f4a_7c15, 3)) }),
            unchanged: 0))
}

/// A log of one segment with a commit of each size.
private func grown() throws -> (disk: SimulatedDisk, log: EventLog) {
    let disk = SimulatedDisk(seed: 5)
    let opened = try EventLog.open(
        disk, newLog: newLog, sizes: SegmentSizes([16 << 20], reserve: 0), replay: { _, _ in })
    var start = 0
    for size in sizes {
        let fact = people(start..<start + size)
        let event = Event(at: Timestamp(milliseconds: 1), actor: .daemon, fact: fact)
        _ = try opened.log.append([event]) { Salt(first: 1, second: 2) }
        start += size
    }
    return (disk, opened.log)
}

@Suite struct `A segment read by windows` {
    private func content(_ disk: SimulatedDisk) throws -> SegmentContent {
        let manifest = try #require(try Manifest(reading: disk))
        return try SegmentContent(manifest.segments[0], of: nil, after: nil, on: disk)
    }

    /// How many people each commit up to a position names.
    private func counts(
        _ disk: SimulatedDisk, through limit: Position = .max
    ) throws -> (counts: [Int], end: SegmentContent.End) {
        var counts: [Int] = []
        let content = try content(disk)
        let end = try content.walk(scrutiny: .digests, through: limit) {
            commit throws(LogError) in
            try content.events(of: commit) { event, _ in
                guard case .membersAdded(let change) = event.fact else { return }
                counts.append(change.identities.count)
            }
        }
        return (counts, end)
    }

    @Test func `has every commit, and ends where the log does`() throws {
        let (disk, log) = try grown()
        let found = try counts(disk)
        #expect(found.counts == sizes)
        #expect(found.end.torn.isEmpty)
        #expect(found.end.seal.chain == log.head.chain)
        #expect(found.end.seal.lastPosition == log.head.position)
    }

    @Test(arguments: 1...10 as ClosedRange<Position>)
    func `ends with the commit it was told`(limit: Position) throws {
        let (disk, _) = try grown()
        let found = try counts(disk, through: limit)
        #expect(found.counts == Array(sizes[..<Int(limit)]))
        #expect(found.end.seal.lastPosition == limit)
    }

    @Test(arguments: 0..<sizes.count)
    func `tells damage in any commit where it is`(damaged: Int) throws {
        let (disk, _) = try grown()
        var places: [Int] = []
        _ = try content(disk).walk { commit throws(LogError) in places.append(commit.offset) }
        let path = SegmentFile.path(1)
        var bytes = try #require(disk.files[path])
        bytes[places[damaged] + 140] ^= 1
        disk.put(bytes, at: path)
        var seen = 0
        let content = try content(disk)
        do throws(LogError) {
            _ = try content.walk { _ throws(LogError) in seen += 1 }
            Issue.record("the damage was not seen")
        } catch {
            guard case .damaged(1, let damage) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(damage.offset == places[damaged] && damage.kind == .body)
        }
        #expect(seen == damaged)
    }

    @Test func `keeps an unfinished commit behind the last window`() throws {
        let (disk, log) = try grown()
        let path = SegmentFile.path(1)
        var bytes = try #require(disk.files[path])
        let end = log.head.bytes
        for place in 0..<100 { bytes[end + 400 + place] = 7 }
        disk.put(bytes, at: path)
        let found = try counts(disk)
        #expect(found.counts == sizes)
        #expect(found.end.torn.count == 500)
    }
}
