import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

private let adoptedLog = LogID(high: 21, low: 22)
private let restorer = Actor.peer(uid: 5, gid: 6, pid: 7)
private let later = Timestamp(milliseconds: 1_795_000_009_000)

@Suite struct `Adopting a log` {
    /// The directory of a daemon with two closed segments and one that grows, and its events.
    private func grown(seed: UInt64 = 4) throws -> (disk: SimulatedDisk, events: [Event]) {
        let disk = SimulatedDisk(seed: seed)
        var random = Random(seed: seed &+ 7)
        var events: [Event] = []
        for process in 0..<3 {
            let log = try OpenedLog(disk).log
            for _ in 0..<3 {
                let new = random.events(most: 4)
                events += new
                _ = try log.append(new) { random.salt() }
            }
            if process == 2 { try log.mark() } else { try log.close() }
        }
        return (disk, events)
    }

    private func adopt(_ disk: SimulatedDisk) throws {
        let adoption = try LogAdoption(disk)
        defer { adoption.release() }
        _ = try adoption.perform(newLog: adoptedLog, by: restorer, at: later)
    }

    private func refusal(_ disk: SimulatedDisk) -> LogAdoption.Refusal? {
        do throws(LogAdoption.Refusal) {
            try LogAdoption(disk).release()
            return nil
        } catch {
            return error
        }
    }

    /// That the log is whole and holds `events` and then the adoption.
    private func expect(
        _ disk: SimulatedDisk, holds events: [Event], durable: Position,
        tails: Int = 0, _ comment: Comment? = nil
    ) throws {
        #expect(LogVerification(disk).isWhole, comment)
        let found = try OpenedLog(disk.released()).events
        #expect(found.starts(with: events), comment)
        #expect(found.count == events.count + 1 + tails, comment)
        #expect(
            found.dropFirst(events.count).first
                == Event(
                    at: later, actor: restorer,
                    fact: .logAdopted(LogAdopted(log: adoptedLog, durable: durable))), comment)
    }

    @Test func `a whole copy gets a new id by an event, and goes on from there`() throws {
        let (disk, events) = try grown()
        let copy = disk.released()
        let before = copy.files
        let adoption = try LogAdoption(copy)
        #expect(adoption.position == Position(events.count) && adoption.contradicting.isEmpty)
        #expect(adoption.state.position == Position(events.count))
        adoption.release()
        #expect(copy.files.filter { $0.key != "LOCK" } == before.filter { $0.key != "LOCK" })
        try adopt(copy)
        try expect(copy, holds: events, durable: Position(events.count))
        #expect(try Mark.read(copy)?.position == Position(events.count) + 1)
        let next = try OpenedLog(copy.released())
        _ = try next.log.append([events[0]]) { Salt(first: 1, second: 2) }
        #expect(next.log.head.log == newLog)
    }

    @Test func `an older copy under the marks and snapshots of a longer log sets them aside`()
        throws
    {
        let (disk, events) = try grown()
        let copy = disk.released()
        let longer = disk.released()
        let longerLog = try OpenedLog(longer).log
        _ = try longerLog.append(events) { Salt(first: 1, second: 2) }
        try longerLog.close()
        copy.put(try #require(longer.files[Mark.path]), at: Mark.path)
        try copy.makeDirectory("snapshots")
        copy.put([1, 2, 3], at: "snapshots/00000000000000000002.state")
        copy.put([4], at: "snapshots/00000000000000000002-1.people")
        let durable = Position(2 * events.count)
        guard case .directory(.endLost(_, durable, "MARK")) = openingError(copy) else {
            Issue.record("a daemon goes on with it")
            return
        }
        try adopt(copy)
        try expect(copy, holds: events, durable: durable)
        #expect(copy.files["quarantine/MARK"] == longer.files[Mark.path])
        #expect(copy.files["quarantine/snapshots-00000000000000000002.state"] == [1, 2, 3])
        #expect(copy.files["quarantine/snapshots-00000000000000000002-1.people"] == [4])
        #expect(copy.files.keys.allSatisfy { !$0.hasPrefix("snapshots/") })
    }

    private func openingError(_ disk: SimulatedDisk) -> LogError? {
        logError { () throws(LogError) in _ = try OpenedLog(disk.released()) }
    }

    @Test func `segments that MANIFEST does not name yet belong to the log`() throws {
        let (disk, events) = try grown()
        let copy = disk.released()
        var manifest = try #require(try Manifest(reading: copy))
        manifest.cut(to: 1)
        copy.put(manifest.bytes, at: Manifest.path)
        #expect(openingError(copy) == .directory(.segmentUnknown(2)))
        let adoption = try LogAdoption(copy)
        #expect(adoption.unnamedSegments == [2, 3])
        adoption.release()
        try adopt(copy)
        try expect(copy, holds: events, durable: Position(events.count))
    }

    @Test func `an unfinished commit is cut off, kept and told`() throws {
        let (disk, events) = try grown()
        let copy = disk.released()
        let path = SegmentFile.path(3)
        var bytes = try #require(copy.files[path])
        let end = bytes.span.endOfContent(in: 0..<bytes.count)
        let start = (end / 512 + 2) * 512
        for offset in start..<start + 20 { bytes[offset] = 7 }
        copy.put(bytes, at: path)
        let adoption = try LogAdoption(copy)
        let tail = try #require(adoption.tails.first)
        #expect(tail.segment == 3 && Int(tail.offset) == end)
        adoption.release()
        try adopt(copy)
        try expect(copy, holds: events, durable: Position(events.count), tails: 1)
        #expect(try OpenedLog(copy.released()).events.last?.fact == .tailRepaired(tail))
        let kept = try #require(copy.files["quarantine/segment-3-at-\(end)"])
        #expect(Digest.sha256(kept) == tail.digest)
    }

    @Test func `runs under way end as stale`() throws {
        let disk = SimulatedDisk(seed: 8)
        let log = try OpenedLog(disk).log
        var change = SettingsChange()
        change.advertiserId = "a"
        change.audienceName = "n"
        change.region = .us
        change.piiType = .hashedEmail
        let facts: [Fact] = [
            .instanceConfigured(
                InstanceConfigured(instance: 1, created: InstanceID("acme"), change: change)),
            .syncRequested(
                SyncRequested(instance: 1, date: CalendarDate(dayNumber: 1), reason: .manual)),
        ]
        let events = facts.map { Event(at: later, actor: .daemon, fact: $0) }
        _ = try log.append(events) { Salt(first: 1, second: 2) }
        try log.close()
        try adopt(disk)
        guard case .syncFailed(2, .stale, _) = try OpenedLog(disk.released()).events.last?.fact
        else {
            Issue.record("the run goes on")
            return
        }
    }

    @Test func `a hole is refused, and says where the log can be cut`() throws {
        let (disk, events) = try grown()
        // The first segment was copied before its last commit, the second after it began.
        let copy = disk.released()
        let path = SegmentFile.path(1)
        var bytes = try #require(copy.files[path])
        let last = try #require(try lastCommit(of: 1, in: copy))
        for offset in last.offset..<bytes.count { bytes[offset] = 0 }
        copy.put(bytes, at: path)
        var manifest = try #require(try Manifest(reading: copy))
        manifest.cut(to: 1)
        copy.put(manifest.bytes, at: Manifest.path)
        let refused = try #require(refusal(copy))
        guard case .damaged(1, let damage) = refused.error else {
            Issue.record("\(refused)")
            return
        }
        #expect(damage.kind == .missing && damage.offset == last.offset)
        #expect(damage.lastPosition == last.header.lastPosition)
        let place = try #require(refused.wholeUpTo)
        #expect(place.segment == 1 && place.offset == last.offset)
        let cut = try LogCut(copy, at: .offset(segment: place.segment, place.offset))
        try cut.perform()
        cut.release()
        try adopt(copy)
        try expect(
            copy, holds: Array(events.prefix(Int(place.position) - 1)), durable: 0)
    }

    private func lastCommit(of segment: UInt64, in disk: SimulatedDisk) throws -> Commit? {
        let manifest = try #require(try Manifest(reading: disk))
        let content = try SegmentContent(
            manifest.segments[Int(segment) - 1], of: nil, after: nil, on: disk)
        var last: Commit?
        _ = try content.walk { commit throws(LogError) in last = commit.commit }
        return last
    }

    @Test func `a segment that was not copied and any other damage are refused`() throws {
        let (disk, events) = try grown()
        let missing = disk.released()
        try missing.remove(SegmentFile.path(3))
        #expect(refusal(missing)?.error == .directory(.segmentMissing(3)))
        let place = try #require(refusal(missing)?.wholeUpTo)
        let cut = try LogCut(missing, at: .offset(segment: place.segment, place.offset))
        #expect(place.segment == 2 && !cut.cutsNothing)
        try cut.perform()
        cut.release()
        try adopt(missing)
        try expect(missing, holds: Array(events.prefix(Int(place.position) - 1)), durable: 0)
        let flipped = disk.released()
        var bytes = try #require(flipped.files[SegmentFile.path(2)])
        bytes[SegmentHeader.size + 150] ^= 1
        flipped.put(bytes, at: SegmentFile.path(2))
        guard case .damaged(2, _) = refusal(flipped)?.error else {
            Issue.record("damage was taken over")
            return
        }
        let without = disk.released()
        try without.remove(Manifest.path)
        #expect(refusal(without)?.error == .directory(.manifestMissing(segment: 1)))
        let strange = disk.released()
        strange.put(try #require(disk.files[SegmentFile.path(3)]), at: SegmentFile.path(5))
        #expect(refusal(strange)?.error == .directory(.segmentMissing(4)))
    }

    @Test func `a directory in use is refused`() throws {
        let disk = SimulatedDisk(seed: 1)
        let open = try OpenedLog(disk)
        #expect(refusal(disk)?.error == .locked)
        #expect(open.log.head.position == 0)
    }

    @Test(arguments: 0..<8)
    func `a crash on the way leaves the log refused or adopted, and the next adoption finishes`(
        seed: UInt64
    ) throws {
        let (disk, events) = try grown(seed: seed)
        let longer = disk.released()
        let longerLog = try OpenedLog(longer).log
        _ = try longerLog.append(events) { Salt(first: 1, second: 2) }
        try longerLog.close()
        let copy = disk.released()
        copy.put(try #require(longer.files[Mark.path]), at: Mark.path)
        try copy.makeDirectory("snapshots")
        copy.put([1], at: "snapshots/00000000000000000009.state")
        var manifest = try #require(try Manifest(reading: copy))
        manifest.cut(to: 1)
        // Where MANIFEST is not older, nothing but MARK keeps a daemon from going on.
        if seed.isMultiple(of: 2) { copy.put(manifest.bytes, at: Manifest.path) }
        let path = SegmentFile.path(3)
        var bytes = try #require(copy.files[path])
        bytes[(bytes.span.endOfContent(in: 0..<bytes.count) / 512 + 2) * 512] = 7
        copy.put(bytes, at: path)
        for writes in 0..<80 {
            let other = copy.released()
            let adoption = try LogAdoption(other)
            other.cutPower(after: writes)
            let failure = logError { () throws(LogError) in
                _ = try adoption.perform(newLog: adoptedLog, by: restorer, at: later)
            }
            adoption.release()
            let crashed = other.crashed()
            if let found = try? OpenedLog(crashed.released()).events {
                #expect(found.starts(with: events), "after \(writes) writes")
                guard case .logAdopted = found.dropFirst(events.count).first?.fact else {
                    Issue.record("a daemon goes on with it after \(writes) writes")
                    return
                }
            } else {
                try adopt(crashed)
            }
            #expect(LogVerification(crashed).isWhole, "after \(writes) writes")
            #expect(try OpenedLog(crashed).events.starts(with: events), "after \(writes) writes")
            if failure == nil { return }
        }
        Issue.record("the adoption takes more writes than expected")
    }
}
