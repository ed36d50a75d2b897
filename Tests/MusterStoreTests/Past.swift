import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

/// A log of two or three audiences that a random past filled, with snapshots on the way.
struct Past {
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
            Event(
                at: Timestamp(milliseconds: 5), actor: .daemon,
                command: CommandID("c\(random.next())").map { CommandStamp(id: $0, check: 3) },
                fact: $0)
        }
        for event in events { state.apply(event) }
        _ = try log.append(events) { Salt(first: 1, second: 2) }
    }

    /// Some people come, some go, and now and then another process goes on.
    mutating func go(_ turns: Int) throws {
        for _ in 0..<turns {
            for _ in 0...random.below(3) { try append([change()]) }
            if random.below(8) == 0 { try append([retirement()]) }
            if random.below(5) == 0 { try changeType() }
            guard random.below(6) == 0 else { continue }
            try log.close()
            log = try OpenedLog(disk).log
        }
    }

    /// Where a snapshot taken now stands.
    var header: SnapshotHeader {
        let head = log.head
        return SnapshotHeader(
            log: head.log, position: head.position, chain: head.chain,
            createdAt: Timestamp(milliseconds: 9))
    }

    /// Writes a snapshot and returns those that were passed over for it.
    @discardableResult
    func snapshot() throws -> [SnapshotFault] {
        try Snapshots(disk).write(Outline(of: state), header)
    }

    /// The files that a snapshot taken now must have, made from the state alone.
    func snapshotFiles() throws -> [String: [UInt8]] {
        let header = header
        var files: [String: [UInt8]] = [:]
        var encoder = SnapshotEncoder(header)
        encoder.begin(state)
        for instance in state.instances {
            let count = UInt64(instance.members.count)
            var file = IdentityList.header(
                of: instance.number, count: count,
                keepsAddresses: instance.settings.piiType == .email, in: header)
            var block = PeopleBlock()
            instance.members.forEach { block.append(Person(digest: $0, address: $1)) }
            IdentityList.append(block, to: &file)
            files[Snapshots.peoplePath(header.position, instance.number)] = file
            try encoder.add(
                instance,
                people: IdentityList(
                    count: count, bytes: UInt64(file.count), digest: .sha256(file)))
        }
        state.receipts.forEach { encoder.add($1, of: $0) }
        var bytes = encoder.take()
        encoder.end(.sha256(bytes))
        bytes += encoder.take()
        files[Snapshots.statePath(header.position)] = bytes
        return files
    }

    /// The snapshots' files that are on the disk.
    var writtenFiles: [String: [UInt8]] {
        disk.files.filter { $0.key.hasPrefix("snapshots/") }
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

    /// Everybody leaves the third audience, which goes on as one of the other kind.
    private mutating func changeType() throws {
        var facts: [Fact] = []
        guard state.instances.count > 2 else {
            return try append([configured(3, .email)])
        }
        let instance = state.instances[2]
        var everybody: [Digest] = []
        instance.members.forEach { digest, _ in everybody.append(digest) }
        if !everybody.isEmpty {
            let change = MembersChanged(
                instance: 3, identities: .digests(everybody), unchanged: 0)
            facts.append(.membersRemoved(change))
        }
        var change = SettingsChange()
        change.piiType = instance.settings.piiType == .email ? .hashedEmail : .email
        facts.append(
            .instanceConfigured(InstanceConfigured(instance: 3, created: nil, change: change)))
        try append(facts)
    }

    private mutating func retirement() -> Fact {
        let instance = state.instances[random.below(state.instances.count)]
        return .instanceRetired(
            InstanceRetired(
                instance: instance.number, count: UInt64(instance.members.count)))
    }

    private mutating func change() -> Fact {
        let instance = state.instances[random.below(state.instances.count)]
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
