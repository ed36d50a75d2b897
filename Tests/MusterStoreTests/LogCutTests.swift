import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

@Suite struct `Cutting a log` {
    /// A log of three closed processes, three commits each; the place and the events before each
    /// commit.
    private func disk() throws -> (disk: SimulatedDisk, events: [Event], commits: [Position]) {
        let disk = SimulatedDisk(seed: 3)
        var random = Random(seed: 11)
        var events: [Event] = []
        var commits: [Position] = []
        for _ in 0..<3 {
            let log = try OpenedLog(disk).log
            for _ in 0..<3 {
                commits.append(Position(events.count) + 1)
                let new = random.events(most: 4)
                events += new
                _ = try log.append(new) { random.salt() }
            }
            try log.close()
        }
        return (disk, events, commits)
    }

    private func cut(_ disk: SimulatedDisk, at wish: LogCut.Wish) throws {
        let cut = try LogCut(disk, at: wish)
        defer { cut.release() }
        try cut.perform()
    }

    @Test func `what is in front of the cut stays, and the rest is in quarantine`() throws {
        let (disk, events, commits) = try disk()
        for position in [commits[0], commits[3], commits[4], commits[8]] {
            let other = disk.released()
            let cut = try LogCut(other, at: .position(position))
            #expect(cut.place.position == position && cut.bytes > 0)
            try cut.perform()
            cut.release()
            #expect(LogVerification(other).isWhole, "position \(position)")
            let kept = Array(events.prefix(Int(position) - 1))
            let log = try OpenedLog(other)
            #expect(log.events == kept)
            var random = Random(seed: 5)
            let new = random.events(most: 3)
            _ = try log.log.append(new) { random.salt() }
            try log.log.close()
            #expect(try OpenedLog(other.released()).events == kept + new)
            let tail = other.files.filter { $0.key.hasPrefix("quarantine/segment-") }
            let segment = try #require(disk.files[SegmentFile.path(cut.place.segment)])
            let cutOff = Array(segment[cut.place.offset...])
            #expect(Array(tail.values) == (cutOff.isEmpty ? [] : [cutOff]))
        }
    }

    @Test func `damage is cut off, and what stands behind it goes with it`() throws {
        let (disk, events, commits) = try disk()
        let path = SegmentFile.path(2)
        var bytes = try #require(disk.files[path])
        bytes[SegmentHeader.size + 150] ^= 1
        disk.put(bytes, at: path)
        #expect(throws: LogError.self) { try OpenedLog(disk) }
        disk.put([7], at: "MARK")
        try disk.makeDirectory("snapshots")
        disk.put([8], at: "snapshots/3")
        try cut(disk, at: .offset(segment: 2, SegmentHeader.size))
        #expect(try OpenedLog(disk).events == Array(events.prefix(Int(commits[3]) - 1)))
        #expect(disk.files.keys.contains { $0.hasPrefix("quarantine/log-") })
        #expect(disk.files["quarantine/MARK"] == [7] && disk.files["MARK"] == nil)
        #expect(disk.files["quarantine/snapshots-3"] == [8] && disk.files["snapshots/3"] == nil)
    }

    @Test func `what is not whole in front of the cut is refused`() throws {
        let (disk, _, commits) = try disk()
        let path = SegmentFile.path(1)
        var bytes = try #require(disk.files[path])
        bytes[SegmentHeader.size + 150] ^= 1
        disk.put(bytes, at: path)
        let before = disk.files
        #expect(throws: LogCut.Refusal.self) { try LogCut(disk, at: .position(commits[4])) }
        #expect(disk.files == before)
    }

    @Test func `a cut is in front of a commit, and nowhere else`() throws {
        let (disk, events, _) = try disk()
        let inside = LogCut.Wish.offset(segment: 1, SegmentHeader.size + 8)
        guard case .noBoundary(let before, let after) = refusal(disk, inside) else {
            Issue.record("cut inside a commit")
            return
        }
        #expect(before.offset == SegmentHeader.size && after.offset > before.offset)
        guard case .behindEnd = refusal(disk, .position(Position(events.count) + 2)) else {
            Issue.record("cut behind the end")
            return
        }
        let end = try LogCut(disk, at: .position(Position(events.count) + 1))
        #expect(end.bytes == 0 && end.cutsNothing)
        #expect(refusal(disk, .position(1)) == .log(.locked))
        end.release()
    }

    private func refusal(_ disk: SimulatedDisk, _ wish: LogCut.Wish) -> LogCut.Refusal? {
        do throws(LogCut.Refusal) {
            try LogCut(disk, at: wish).release()
            return nil
        } catch {
            return error
        }
    }

    @Test func `a crash on the way leaves the log as it was, or refused until it is cut again`()
        throws
    {
        let (disk, events, commits) = try disk()
        let kept = Array(events.prefix(Int(commits[4]) - 1))
        for writes in 0..<40 {
            let other = disk.released()
            let cut = try LogCut(other, at: .position(commits[4]))
            other.cutPower(after: writes)
            let failure = logError { () throws(LogError) in try cut.perform() }
            cut.release()
            let crashed = other.crashed()
            let found = try? OpenedLog(crashed.released()).events
            #expect(found == nil || found == events || found == kept, "after \(writes) writes")
            if found != kept { try self.cut(crashed, at: .position(commits[4])) }
            #expect(try OpenedLog(crashed).events == kept, "after \(writes) writes")
            if failure == nil { return }
        }
        Issue.record("the cut takes more writes than expected")
    }
}
