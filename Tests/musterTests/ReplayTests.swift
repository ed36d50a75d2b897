import ArgumentParser
import Glibc
import MusterCore
import Testing

@testable import MusterStore
@testable import muster

/// A state directory of the host with a log in it, removed when the test ends.
final class LogDirectory {
    let path: String
    private(set) var live = State()

    /// `commits` are written one after another, each a second later.
    init(_ commits: [[Fact]]) throws {
        var bytes = Array("/tmp/muster-test-XXXXXX".utf8CString)
        // mkdtemp writes the name into the array's own memory, which ends with a zero byte.
        path = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, let made = unsafe mkdtemp(start) else {
                return ""
            }
            return unsafe String(cString: made)
        }
        let opened = try EventLog.open(files, newLog: LogID(high: 1, low: 2)) { _, _ in }
        for (second, facts) in commits.enumerated() {
            let events = facts.map {
                Event(
                    at: Timestamp(milliseconds: Int64(second) * 1000), actor: .daemon, fact: $0)
            }
            _ = try opened.log.append(events) { Salt(first: 1, second: 2) }
            for event in events { live.apply(event) }
        }
        try opened.log.close()
    }

    var files: PosixFileSystem { PosixFileSystem(root: path) }

    func replay(
        to point: LogPoint? = nil, until stops: (ReplayStep) -> Bool = { _ in false }
    ) throws -> Replay {
        var replay = Replay()
        try replay.read(try LogReader(files), to: point, until: stops)
        return replay
    }

    deinit {
        for name in ["log", "quarantine", ""] {
            let directory = name.isEmpty ? path : path + "/" + name
            // What cannot be removed stays in /tmp; no test depends on it.
            for file in (try? PosixFileSystem(root: directory).names(in: "")) ?? [] {
                _ = unsafe unlink(directory + "/" + file)
            }
            _ = unsafe rmdir(directory)
        }
    }
}

@Suite struct ReplayTests {
    private static func person(_ number: Int) -> Digest { .sha256("person\(number)".utf8) }

    private static func created(_ name: String, _ number: InstanceNumber) -> Fact {
        var change = SettingsChange()
        change.advertiserId = "adv"
        change.audienceName = name
        change.region = .us
        change.piiType = .hashedEmail
        return .instanceConfigured(
            InstanceConfigured(instance: number, created: InstanceID(name), change: change))
    }

    private static func added(_ people: [Int]) -> Fact {
        .membersAdded(
            MembersChanged(instance: 1, identities: .digests(people.map(person)), unchanged: 0))
    }

    private static func removed(_ people: [Int]) -> Fact {
        .membersRemoved(
            MembersChanged(instance: 1, identities: .digests(people.map(person)), unchanged: 0))
    }

    private static var renamed: Fact {
        var change = SettingsChange()
        change.audienceName = "Other"
        change.minimumMembers = 7
        return .instanceConfigured(
            InstanceConfigured(instance: 1, created: nil, change: change))
    }

    /// Positions 1; 2 and 3; 4; 5 and 6.
    private func directory() throws -> LogDirectory {
        try LogDirectory([
            [Self.created("acme", 1)], [Self.added([1, 2, 3]), Self.added([4])],
            [Self.removed([1])],
            [
                Self.renamed,
                .syncRequested(
                    SyncRequested(
                        instance: 1, date: CalendarDate(dayNumber: 0), reason: .manual)),
            ],
        ])
    }

    @Test func `the state of a replay is the live state`() throws {
        let directory = try directory()
        let replay = try directory.replay()
        #expect(StateHash.of(replay.state) == StateHash.of(directory.live))
        #expect(replay.state.position == 6 && replay.damage == nil)
    }

    @Test(arguments: [
        (LogPoint.position(0), 0, nil), (.position(3), 3, 4), (.position(4), 4, 3),
        (.time(Timestamp(milliseconds: -1)), 0, nil), (.time(Timestamp(milliseconds: 0)), 1, 0),
        (.time(Timestamp(milliseconds: 1999)), 3, 4),
        (.time(Timestamp(milliseconds: 99_000)), 6, 3),
    ])
    func `a replay ends at a position or a time`(
        point: LogPoint, position: Position, members: Int?
    ) throws {
        let state = try directory().replay(to: point).state
        #expect(state.position == position)
        #expect(state.instances.first?.members.count == members)
    }

    @Test func `a position behind the end does not exist`() throws {
        let error = #expect(throws: Failure.self) { try directory().replay(to: .position(7)) }
        #expect(error?.status == .unknown)
    }

    @Test func `each event tells what it changed, and one may end the replay`() throws {
        var lines: [String] = []
        let replay = try directory().replay { step in
            lines.append(step.text)
            return step.after?.members == 3 && step.before?.members == 4
        }
        #expect(
            lines == [
                "1 1970-01-01T00:00:00.000Z instanceConfigured instance=acme members=-->0 version=-->1",
                "2 1970-01-01T00:00:01.000Z membersAdded instance=acme members=0->3 version=1->2",
                "3 1970-01-01T00:00:01.000Z membersAdded instance=acme members=3->4 version=2->3",
                "4 1970-01-01T00:00:02.000Z membersRemoved instance=acme members=4->3 version=3->4",
            ])
        #expect(replay.stop?.entry.position == 4 && replay.state.position == 4)
    }

    @Test(arguments: [
        ("members < 4", 4, nil), ("members > 3", nil, 4), ("members > 9", nil, nil),
        ("version 3", 3, nil), ("type membersAdded", 2, nil), ("type uploaded", nil, nil),
    ])
    func `what is true is found by the last event that made it so`(
        predicate: String, since: Position?, until: Position?
    ) throws {
        #expect(try turn(predicate).since?.entry.position == since)
        #expect(try turn(predicate).until?.entry.position == until)
    }

    @Test(arguments: [(1, nil, 4), (2, 2, nil), (4, 3, nil), (9, nil, nil)])
    func `a person is in the list since the last time of coming`(
        number: Int, since: Position?, until: Position?
    ) throws {
        let turn = try turn("member \(Self.person(number).hex)")
        #expect(turn.since?.entry.position == since && turn.until?.entry.position == until)
    }

    private func turn(_ predicate: String) throws -> Turn {
        let predicate = try LogPredicate(predicate) { "" }
        var turn = Turn()
        _ = try directory().replay { step in
            turn.take(step, predicate)
            return false
        }
        return turn
    }

    @Test func `of a damaged log the state before the damage is told`() throws {
        let directory = try directory()
        let path = SegmentFile.path(1)
        let file = try directory.files.open(path, .readWrite)
        let size = try directory.files.size(of: file)
        let last = try directory.files.read(file, at: size - 8, count: 1)
        try directory.files.write([~(last.first ?? 0)], to: file, at: size - 8)
        directory.files.close(file)
        let replay = try directory.replay()
        #expect(replay.state.position == 4)
        #expect(replay.damage.map { Failure($0).status } == .logDamaged)
        #expect(try directory.replay(to: .position(4)).damage == nil)
    }

    @Test func `the whole state names nobody`() throws {
        let directory = try directory()
        let replay = try directory.replay()
        let text = ReplaySummary(log: nil, replay: replay, withHash: true).wholeState.pretty()
        for number in 1...4 {
            #expect(!text.contains(Self.person(number).hex))
            #expect(!text.contains(Self.person(number).base64))
        }
        #expect(text.contains(StateHash.of(directory.live).hex))
        #expect(text.contains(#""minimumMembers": 7"#) && text.contains(#""state": "requested""#))
    }

    @Test func `a difference is who came, who went and what was configured`() throws {
        let directory = try directory()
        let before = try directory.replay(to: .position(2)).state.instances.first
        let after = try #require(try directory.replay().state.instances.first)
        let difference = try #require(InstanceDifference(from: before, to: after))
        let json = difference.json(withIdentities: true).object
        #expect(json?["added"] == 1 && json?["removed"] == 1)
        #expect(json?["came"] == [.string(Self.person(4).hex)])
        #expect(json?["went"] == [.string(Self.person(1).hex)])
        #expect(
            json?["configured"] == [
                "audienceName": ["from": "acme", "to": "Other"],
                "minimumMembers": ["from": 1500, "to": 7],
            ])
        #expect(json?["runs"] == [["run": 6, "state": "requested"]])
        #expect(!difference.text(withIdentities: false).contains(Self.person(4).hex))
        #expect(InstanceDifference(from: after, to: after) == nil)
    }
}
