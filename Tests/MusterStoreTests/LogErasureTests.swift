import Foundation
import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

private let eraser = Actor.peer(uid: 5, gid: 6, pid: 7)
private let later = Timestamp(milliseconds: 1_795_000_009_000)

/// A directory with a hashed audience and one of addresses, in which everybody but the last is in
/// both, some twice; a snapshot, something in quarantine, and a run under way in the first.
private struct Records {
    static let crowd = (0..<12).map { "person\($0)@example.org" }
    static let run: Position = 13

    let disk: SimulatedDisk

    /// Leaves out everybody whom `isIn` does not want, but no event.
    init(seed: UInt64 = 3, isIn: (String) -> Bool = { _ in true }) throws {
        disk = SimulatedDisk(seed: seed)
        var random = Random(seed: seed)
        for (index, commits) in Self.facts(isIn).enumerated() {
            let log = try OpenedLog(disk, sizes: smallSizes).log
            for facts in commits {
                let events = facts.map { Event(at: later, actor: .daemon, fact: $0) }
                _ = try log.append(events) { random.salt() }
            }
            if index == 0 { try Self.snapshot(disk, log) }
            if index < 2 { try log.close() } else { try log.mark() }
        }
        try disk.makeDirectory("quarantine")
        disk.put(Array(Self.crowd[0].utf8), at: "quarantine/segment-1-at-128")
    }

    private static func facts(_ isIn: (String) -> Bool) -> [[[Fact]]] {
        func people(_ numbers: some Sequence<Int>) -> [String] {
            numbers.map { crowd[$0] }.filter(isIn)
        }
        let all = people(0..<12)
        return [
            [
                [created("hashed", 1, .hashedEmail), created("plain", 2, .email)],
                [added(1, all), added(2, all)], [removed(1, people(0..<3)), added(1, people([0]))],
                [removed(2, people([1]))],
            ],
            [[added(2, people([1]))], [.syncSucceeded(run: 99)]],
            [
                [removed(1, people([5])), added(1, people([5, 1]))], [added(1, people([2]))],
                [requested],
            ],
        ]
    }

    private static func snapshot(_ disk: SimulatedDisk, _ log: EventLog) throws {
        var state = MusterCore.State()
        try LogReader(disk).forEach { state.apply($0.event) }
        let header = SnapshotHeader(
            log: log.head.log, position: log.head.position, chain: log.head.chain, createdAt: later)
        _ = try Snapshots(disk).write(Outline(of: state), header)
    }

    private static func created(_ name: String, _ number: InstanceNumber, _ type: PIIType) -> Fact {
        var change = SettingsChange()
        change.advertiserId = "adv"
        change.audienceName = name
        change.region = .us
        change.piiType = type
        return .instanceConfigured(
            InstanceConfigured(instance: number, created: InstanceID(name), change: change))
    }

    private static func added(_ number: InstanceNumber, _ people: [String]) -> Fact {
        .membersAdded(changed(number, people))
    }

    private static func removed(_ number: InstanceNumber, _ people: [String]) -> Fact {
        .membersRemoved(changed(number, people))
    }

    private static func changed(_ number: InstanceNumber, _ people: [String]) -> MembersChanged {
        let emails = people.map { Email(stored: Array($0.utf8)) }
        return MembersChanged(
            instance: number,
            identities: number == 1 ? .digests(emails.map(\.digest)) : .addresses(emails),
            unchanged: 0)
    }

    private static let requested = Fact.syncRequested(
        SyncRequested(instance: 1, date: CalendarDate(dayNumber: 20_000), reason: .schedule))
}

extension SimulatedDisk {
    /// Writes down who is to be erased, and leaves the rest to whoever opens the log next.
    @discardableResult
    fileprivate func planErasure(
        of people: [String], in instance: InstanceNumber? = nil,
        suppressing key: SuppressionKey? = nil
    ) throws -> LogErasure? {
        var state = MusterCore.State()
        let log = try EventLog.open(self, newLog: newLog, sizes: smallSizes) { event, _ in
            state.apply(event)
        }.log
        let digests = Set(people.map { Digest.sha256($0.utf8) })
        let erasure = try LogErasure(
            of: digests, in: instance, suppressing: key, log, state, by: eraser, at: later)
        try erasure?.write()
        try log.close()
        return erasure
    }

    /// The files that name somebody, in any form.
    fileprivate func files(naming person: String) -> [String] {
        let digest = Digest.sha256(person.utf8)
        let forms = [
            Array(person.utf8), digest.bytes, Array(digest.hex.utf8), Array(digest.base64.utf8),
        ].map { Data($0) }
        return files.mapValues { Data($0) }
            .filter { file in forms.contains { file.value.range(of: $0) != nil } }
            .map(\.key).sorted()
    }

    fileprivate var told: MusterCore.State {
        get throws {
            var state = MusterCore.State()
            let opened = try EventLog.open(self, newLog: newLog, sizes: smallSizes) { event, _ in
                state.apply(event)
            }
            try opened.log.close()
            return state
        }
    }
}

@Suite struct `Erasing people from the log` {
    private let gone = Records.crowd[1]

    @Test func `leaves no file that names them, and everybody else where they are`() throws {
        let disk = try Records().disk
        #expect(disk.files(naming: gone).count > 2)
        let erasure = try #require(try disk.planErasure(of: [gone]))
        #expect(erasure.people == 1 && erasure.firstEvent == Records.run + 1)
        #expect(erasure.audiences.map { $0.commits.map(\.slots) } == [[1, 1, 1], [1, 1, 1]])
        let state = try disk.told
        #expect(disk.files(naming: gone) == [])
        #expect(LogVerification(disk).problems == [])
        for (number, person) in Records.crowd.enumerated() {
            let digest = Digest.sha256(person.utf8)
            #expect(state[2].members.contains(digest) == (number != 1), "\(number)")
        }
    }

    @Test func `makes the state what it were without them, but for the events of the erasure`()
        throws
    {
        let disk = try Records().disk
        try disk.planErasure(of: [gone, Records.crowd[5]])
        let never = try Records { [gone] in $0 != gone && $0 != Records.crowd[5] }.disk
        let (state, expected) = (try disk.told, try never.told)
        for number in 1...2 as ClosedRange<InstanceNumber> {
            let difference = state[number].members.difference(from: expected[number].members)
            #expect(difference == (0, 0))
            #expect(state[number].version == expected[number].version)
        }
    }

    @Test func `keeps the chain, and records itself by one event that names the places`() throws {
        let disk = try Records().disk
        let before = try LogReader(disk).end(through: Records.run)?.chain
        try disk.planErasure(of: [gone])
        let events = try OpenedLog(disk).events
        #expect(try LogReader(disk).end(through: Records.run)?.chain == before)
        guard case .erased(let erased) = events[Int(Records.run)].fact else {
            Issue.record("no event records it")
            return
        }
        #expect(erased.slots == 6 && events[Int(Records.run)].actor == eraser)
        #expect(!events.dropFirst(Int(Records.run) + 1).contains { $0.fact.type == .erased })
    }

    @Test func `ends a run under way of their audience, and asks for it anew`() throws {
        let disk = try Records().disk
        try disk.planErasure(of: [gone])
        let runs = try disk.told[1].runs
        #expect(runs.first?.end == .failed(.erased, detail: "people were erased from the log"))
        #expect(runs.count == 2 && runs.last?.end == nil && runs.last?.date == runs.first?.date)
        let other = try Records().disk
        try other.planErasure(of: [gone], in: 2)
        #expect(try other.told[1].runs.count == 1)
        #expect(try other.told[1].members.contains(Digest.sha256(gone.utf8)))
    }

    @Test func `of nobody whom the log names writes nothing`() throws {
        let disk = try Records().disk
        #expect(try disk.planErasure(of: ["nobody@example.org"]) == nil)
        #expect(disk.files[ErasurePlan.path] == nil)
    }

    @Test func `can be done again for others`() throws {
        let disk = try Records().disk
        for person in Records.crowd {
            try disk.planErasure(of: [person])
            _ = try disk.told
            #expect(LogVerification(disk).problems == [])
        }
        #expect(try disk.told.instances.allSatisfy { $0.members.count == 0 })
    }

    @Test func `without its event is damage, and so is an event without it`() throws {
        let disk = try Records().disk
        let untouched = disk.released()
        try disk.planErasure(of: [gone])
        let plan = try #require(try ErasurePlan(reading: disk))
        let zeroed = disk.released()
        try plan.carryOut(on: zeroed)
        try zeroed.remove(ErasurePlan.path)
        let log = try OpenedLog(untouched).log
        _ = try log.append(plan.events) { Salt(first: 0, second: 0) }
        try log.close()
        for wrong in [zeroed, untouched] {
            for name in try wrong.names(in: "snapshots") ?? [] {
                try wrong.remove("snapshots/\(name)")
            }
            guard
                case .damaged(_, let damage) = logError({ () throws(LogError) in
                    _ = try OpenedLog(wrong)
                })
            else {
                Issue.record("it was opened")
                continue
            }
            #expect(damage.kind == .erasure && damage.firstPosition == 3)
            #expect(!LogVerification(wrong).isWhole)
        }
    }

    @Test func `is not cut off while what it vouches for stays`() throws {
        let disk = try Records().disk
        try disk.planErasure(of: [gone])
        #expect(throws: LogCut.Refusal.erasureUnfinished) { try LogCut(disk, at: .position(5)) }
        _ = try disk.told
        for position: Position in [5, Records.run, Records.run + 1] {
            #expect(throws: LogCut.Refusal.erasureBehind, "position \(position)") {
                try LogCut(disk, at: .position(position))
            }
        }
        try LogCut(disk, at: .position(3)).release()
    }

    @Test(arguments: 0..<6)
    func `is done to its end by the next start, wherever power is cut`(seed: UInt64) throws {
        let original = try Records(seed: seed).disk
        let events = try OpenedLog(original.released()).events
        var writes = 0
        while true {
            let disk = original.released()
            disk.cutPower(after: writes)
            // Whatever is cut off throws; what matters is what is found then.
            let failure = Result { () throws -> MusterCore.State in
                try disk.planErasure(of: [gone])
                return try disk.told
            }
            let crashed = disk.crashed()
            let isPlanned = crashed.files[ErasurePlan.path] != nil
            let found = try OpenedLog(crashed, sizes: smallSizes).events
            let isErased = found.contains { $0.fact.type == .erased }
            #expect(isErased || !isPlanned, "after \(writes) writes")
            if isErased {
                #expect(crashed.files(naming: gone) == [], "after \(writes) writes")
            } else {
                #expect(found == events, "after \(writes) writes")
            }
            #expect(LogVerification(crashed).problems == [], "after \(writes) writes")
            if case .success = failure { break }
            writes += 1
        }
        #expect(writes > 20)
    }
}
