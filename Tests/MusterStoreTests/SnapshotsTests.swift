import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

/// A log of two audiences that a random past filled, with snapshots on the way.
private struct Past {
    let disk: SimulatedDisk
    private(set) var log: EventLog
    private(set) var state = State()
    private var random: Random

    init(seed: UInt64) throws {
        random = Random(seed: seed)
        disk = SimulatedDisk(seed: seed)
        log = try OpenedLog(disk).log
        try append([configured(1, .hashedEmail), configured(2, .email)])
    }

    mutating func append(_ facts: [Fact]) throws {
        let events = facts.map {
            Event(at: Timestamp(milliseconds: 5), actor: .daemon, fact: $0)
        }
        for event in events { state.apply(event) }
        _ = try log.append(events) { Salt(first: 1, second: 2) }
    }

    /// Some people come, some go, and now and then another process goes on.
    mutating func go(_ turns: Int) throws {
        for _ in 0..<turns {
            for _ in 0...random.below(3) { try append([change()]) }
            guard random.below(6) == 0 else { continue }
            try log.close()
            log = try OpenedLog(disk).log
        }
    }

    func snapshot(at: Int64 = 9) throws {
        let head = log.head
        try Snapshots(disk).write(
            state,
            SnapshotHeader(
                log: head.log, position: head.position, chain: head.chain,
                createdAt: Timestamp(milliseconds: at)))
    }

    private func configured(_ number: InstanceNumber, _ type: PIIType) -> Fact {
        var change = SettingsChange()
        change.advertiserId = "adv"
        change.audienceName = "name \(number)"
        change.region = .eu
        change.piiType = type
        return .instanceConfigured(
            InstanceConfigured(
                instance: number, created: InstanceID("audience-\(number)"), change: change))
    }

    private mutating func change() -> Fact {
        let instance = state.instances[random.below(2)]
        let adding = random.below(3) > 0
        let people = Set((0...random.below(20)).map { _ in random.below(120) })
            .map { Email(stored: Array("person\($0)@example.com".utf8)) }
            .filter { instance.members.contains($0.digest) != adding }
        let keeps = adding && instance.settings.piiType == .email
        let change = MembersChanged(
            instance: instance.number,
            identities: keeps ? .addresses(people) : .digests(people.map(\.digest)), unchanged: 0)
        return adding ? .membersAdded(change) : .membersRemoved(change)
    }
}

@Suite struct `Snapshots of a log` {
    private struct Start {
        var state = State()
        var replayed = 0
        var from: Position?
        var passedOver: [SnapshotFault] = []
    }

    private func start(_ disk: SimulatedDisk, snapshots: Bool = true) throws -> Start {
        var start = Start()
        var state = State()
        var replayed = 0
        let opened = try EventLog.open(
            disk, newLog: newLog, restore: snapshots ? { state = $0 } : nil,
            replay: { event, position in
                state.apply(event)
                replayed += 1
                if state.position != position { Issue.record("a gap at \(position)") }
            })
        start.state = state
        start.replayed = replayed
        start.from = opened.snapshot?.position
        start.passedOver = opened.passedOver
        return start
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `a start from one gives the state that the whole log gives`(seed: UInt64) throws {
        var past = try Past(seed: seed)
        try past.go(Int(seed) % 9)
        try past.snapshot()
        let position = past.state.position
        try past.go(Int(seed) % 7)
        let disk = past.disk.released()
        let found = try start(disk)
        #expect(found.from == position && found.passedOver.isEmpty)
        #expect(Position(found.replayed) == past.state.position - position)
        #expect(StateHash.of(found.state) == StateHash.of(past.state))
        let whole = try start(disk.released(), snapshots: false)
        #expect(StateHash.of(whole.state) == StateHash.of(found.state))
        let without = disk.released()
        for name in disk.files.keys where name.hasPrefix("snapshots/") { try without.remove(name) }
        let slow = try start(without)
        #expect(slow.from == nil && Position(slow.replayed) == past.state.position)
        #expect(StateHash.of(slow.state) == StateHash.of(found.state))
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `a list is the same bytes with them and without`(seed: UInt64) throws {
        var past = try Past(seed: seed)
        let bare = { (disk: SimulatedDisk) throws -> SimulatedDisk in
            let copy = disk.released()
            for name in disk.files.keys where name.hasPrefix("snapshots/") { try copy.remove(name) }
            return copy
        }
        for _ in 0..<3 {
            try past.go(4)
            try past.snapshot()
        }
        try past.go(3)
        let without = try bare(past.disk)
        for position in 2...past.state.position {
            for instance in [1, 2] as [InstanceNumber] {
                let since = position / 2
                let fast = try AudienceSource(
                    files: past.disk, instance: instance, position: position, since: since
                ).read()
                let slow = try AudienceSource(
                    files: without, instance: instance, position: position, since: since
                ).read()
                #expect(fast.audience.digest == slow.audience.digest)
                #expect(fast.added == slow.added && fast.removed == slow.removed)
                #expect(fast.passedOver.isEmpty)
                let then = try AudienceSource(
                    files: without, instance: instance, position: since
                ).read().audience
                let difference = Int(fast.added) - Int(fast.removed)
                #expect(fast.audience.count - then.count == difference)
            }
        }
    }

    @Test func `a flipped bit in one costs time only, and is told`() throws {
        var past = try Past(seed: 5)
        try past.go(3)
        try past.snapshot()
        try past.log.close()
        let hash = StateHash.of(past.state)
        #expect(LogVerification(past.disk).isWhole)
        let names = past.disk.files.keys.filter { $0.hasPrefix("snapshots/") }
        #expect(names.count == 3)
        for name in names {
            let bytes = try #require(past.disk.files[name])
            for bit in stride(from: 0, to: bytes.count * 8, by: 5) {
                let disk = past.disk.released()
                var changed = bytes
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                disk.put(changed, at: name)
                let found = try start(disk)
                #expect(StateHash.of(found.state) == hash, "\(name), bit \(bit)")
                #expect(found.from == nil && found.passedOver.count == 1)
                #expect(LogVerification(disk).problems == found.passedOver.map { .snapshot($0) })
            }
        }
    }

    @Test func `a crash at any step of writing one leaves a start as it was`() throws {
        var past = try Past(seed: 6)
        try past.go(5)
        try past.snapshot()
        let first = past.state.position
        try past.go(5)
        try past.snapshot()
        try past.go(5)
        try past.log.close()
        let hash = StateHash.of(past.state)
        let header = SnapshotHeader(
            log: past.log.head.log, position: past.state.position, chain: past.log.head.chain,
            createdAt: Timestamp(milliseconds: 1))
        var steps = 0
        var isWhole = false
        while !isWhole {
            let disk = past.disk.released()
            disk.cutPower(after: steps)
            isWhole =
                logError { () throws(LogError) in
                    try Snapshots(disk).write(past.state, header)
                } == nil
            for survivor in [disk.crashed(), disk.crashed(), disk.released()] {
                let found = try start(survivor)
                #expect(StateHash.of(found.state) == hash && found.passedOver.isEmpty)
                #expect(try #require(found.from) > first, "step \(steps)")
                try Snapshots(survivor).write(past.state, header)
                #expect(try start(survivor.released()).from == header.position)
            }
            steps += 1
        }
        #expect(steps > 15)
    }

    @Test func `two are kept, and nothing else`() throws {
        var past = try Past(seed: 7)
        var positions: [Position] = []
        for _ in 0..<4 {
            try past.go(2)
            try past.snapshot()
            positions.insert(past.state.position, at: 0)
        }
        #expect(try Snapshots(past.disk).positions() == Array(positions.prefix(2)))
        let names = past.disk.files.keys.filter { $0.hasPrefix("snapshots/") }
        #expect(names.count == 6)
        try past.snapshot()
        #expect(try Snapshots(past.disk).positions() == Array(positions.prefix(2)))
    }

    @Test func `one beyond the log's end is refused, one of another history is passed over`() throws
    {
        var past = try Past(seed: 8)
        try past.go(2)
        let shorter = past.disk.released()
        try past.go(2)
        try past.snapshot()
        let position = past.state.position
        for (name, bytes) in past.disk.files where name.hasPrefix("snapshots/") {
            shorter.put(bytes, at: name)
        }
        try shorter.makeDirectory(Snapshots.directory)
        let refusal = logError { () throws(LogError) in
            _ = try EventLog.open(shorter, newLog: newLog, restore: { _ in }, replay: { _, _ in })
        }
        guard case .directory(.endLost(_, position, "a snapshot")) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        let log = try OpenedLog(shorter).log
        for _ in 0..<20 {
            let event = Event(
                at: Timestamp(milliseconds: 1), actor: .daemon, fact: .syncSucceeded(run: 1))
            _ = try log.append([event]) { Salt(first: 1, second: 1) }
        }
        try log.close()
        let found = try start(shorter)
        #expect(found.from == nil)
        #expect(found.passedOver.map(\.what) == ["it knows another history of the log"])
    }
}
