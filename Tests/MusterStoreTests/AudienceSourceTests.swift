import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

@Suite struct `An audience at a position` {
    private func configured(_ type: PIIType, instance: InstanceNumber = 1) -> Event {
        var change = SettingsChange()
        change.piiType = type
        let fact = InstanceConfigured(instance: instance, created: InstanceID("a"), change: change)
        return Event(
            at: Timestamp(milliseconds: 1), actor: .daemon, fact: .instanceConfigured(fact))
    }

    private func change(
        _ people: Identities, adding: Bool = true, instance: InstanceNumber = 1
    ) -> Event {
        let change = MembersChanged(instance: instance, identities: people, unchanged: 0)
        return Event(
            at: Timestamp(milliseconds: 1), actor: .daemon,
            fact: adding ? .membersAdded(change) : .membersRemoved(change))
    }

    private func disk(_ turns: [[Event]]) throws -> SimulatedDisk {
        let disk = SimulatedDisk(seed: 1)
        var random = Random(seed: 1)
        let log = try OpenedLog(disk).log
        for turn in turns { _ = try log.append(turn) { random.salt() } }
        return disk
    }

    private func text(_ audience: FrozenAudience) throws -> String {
        String(decoding: try bytes(of: audience), as: UTF8.self)
    }

    @Test func `hashed members are base64 rows in the order of their digests`() throws {
        let people = (0..<20).map { Digest.sha256("person \($0)".utf8) }
        let disk = try disk([
            [configured(.hashedEmail), change(.digests(people))],
            [change(.digests([people[3]]), adding: false), change(.digests(people), instance: 2)],
        ])
        let reading = try AudienceSource(files: disk, instance: 1, position: 4, since: 2).read()
        let rest = people.filter { $0 != people[3] }.sorted()
        #expect(try text(reading.audience) == rest.map { $0.base64 + "\n" }.joined())
        #expect(reading.audience.count == 19 && reading.audience.bytes == 19 * 45)
        #expect(reading.added == 0 && reading.removed == 1)
        #expect(reading.audience.digest == Digest.sha256(try text(reading.audience).utf8))
        let before = try AudienceSource(files: disk, instance: 1, position: 2).read()
        #expect(before.audience.count == 20 && before.added == 20 && before.removed == 0)
    }

    /// So many at once that those who come are gathered before they are taken in.
    @Test(arguments: 0..<6) func `thousands who come, go and come again are those of a set`(
        seed: Int
    ) throws {
        var random = Random(seed: UInt64(seed))
        let people = (0..<6000).map { Digest.sha256("person \($0)".utf8) }
        var expected: Set<Digest> = []
        var turns = [[configured(.hashedEmail)]]
        for _ in 0..<40 {
            let first = random.below(people.count)
            let some = people[first..<min(people.count, first + 1 + random.below(900))]
            let adding = random.below(3) > 0
            let changed = some.filter { expected.contains($0) != adding }
            guard !changed.isEmpty else { continue }
            turns.append([change(.digests(changed), adding: adding)])
            if adding { expected.formUnion(changed) } else { expected.subtract(changed) }
        }
        let disk = try disk(turns)
        let end = Position(turns.count)
        let reading = try AudienceSource(files: disk, instance: 1, position: end).read()
        let rows = expected.sorted().map { $0.base64 + "\n" }
        #expect(try text(reading.audience) == rows.joined())
    }

    @Test func `who was in before everybody left is known, and compared as sets`() throws {
        let people = (0..<20).map { Digest.sha256("person \($0)".utf8) }
        let retired = Event(
            at: Timestamp(milliseconds: 1), actor: .daemon,
            fact: .instanceRetired(InstanceRetired(instance: 1, count: 19)))
        let disk = try disk([
            [configured(.hashedEmail), change(.digests(Array(people[..<18])))],
            [change(.digests([people[18]])), retired],
            [change(.digests(Array(people[15...])))],
        ])
        let source = AudienceSource(files: disk, instance: 1, position: 5, since: 2)
        let reading = try source.read()
        #expect(reading.audience.count == 5)
        #expect(reading.added == 2 && reading.removed == 15)
        let empty = try AudienceSource(files: disk, instance: 1, position: 4, since: 2).read()
        #expect(empty.audience.count == 0 && empty.added == 0 && empty.removed == 18)
    }

    @Test func `addresses are rows as they are, in the order of their digests`() throws {
        let people = ["zoe@example.com", "jörg@example.com", "al@example.com"].map {
            Email(stored: Array($0.utf8))
        }
        let disk = try disk([
            [configured(.email), change(.addresses(people))],
            [change(.digests([people[2].digest]), adding: false)],
        ])
        let reading = try AudienceSource(files: disk, instance: 1, position: 3).read()
        let rows = people.dropLast().sorted { $0.digest < $1.digest }.map {
            String(decoding: $0.bytes, as: UTF8.self) + "\n"
        }
        #expect(try text(reading.audience) == rows.joined())
    }

    @Test func `a large list comes in chunks that join to its digest`() throws {
        let people = (0..<30_000).map { Digest.sha256("person \($0)".utf8) }
        let disk = try disk([[configured(.hashedEmail), change(.digests(people))]])
        let audience = try AudienceSource(files: disk, instance: 1, position: 2).read().audience
        let chunks = try chunks(of: audience)
        #expect(chunks.count == 6)
        #expect(chunks.allSatisfy { $0.count <= FrozenAudience.chunkSize })
        #expect(Digest.sha256(chunks.joined()) == audience.digest)
        #expect(UInt64(chunks.joined().count) == audience.bytes)
    }

    @Test(arguments: 0..<5 as Range<UInt64>)
    func `the same position gives the same bytes, from every snapshot and from none`(
        seed: UInt64
    ) throws {
        var past = try Past(seed: seed)
        var files: [[String: [UInt8]]] = []
        for _ in 0..<4 {
            try past.go(3)
            try past.snapshot()
            files.append(
                past.writtenFiles.filter { $0.key.contains("\(past.state.position)") })
        }
        try past.go(3)
        let bare = past.disk.released()
        for name in bare.files.keys where name.hasPrefix("snapshots/") { try bare.remove(name) }
        let sources =
            [past.disk]
            + files.map { files in
                let disk = bare.released()
                for (name, bytes) in files { disk.put(bytes, at: name) }
                return disk
            }
        for position in 2...past.state.position {
            for instance in [1, 2, 3, 4] as [InstanceNumber] {
                let since = position / 2
                let slow = try read(bare, instance, position, since)
                let rows = try bytes(of: slow.audience)
                #expect(Digest.sha256(rows) == slow.audience.digest)
                for disk in sources {
                    let fast = try read(disk, instance, position, since)
                    #expect(try bytes(of: fast.audience) == rows)
                    #expect(fast.audience.digest == slow.audience.digest)
                    #expect(fast.audience.count == slow.audience.count)
                    #expect(fast.added == slow.added && fast.removed == slow.removed)
                    #expect(fast.passedOver.isEmpty)
                }
                guard instance < 3 else { continue }
                let then = try read(bare, instance, since, nil).audience
                let difference = Int(slow.added) - Int(slow.removed)
                #expect(slow.audience.count - then.count == difference)
            }
        }
        for (index, instance) in past.state.instances.enumerated() {
            let list = try read(
                past.disk, InstanceNumber(index + 1), past.state.position, nil
            ).audience
            var expected: [Digest] = []
            instance.members.forEach { digest, _ in expected.append(digest) }
            var digests = list.digests
            var found: [Digest] = []
            while case let next = try digests.next(7), !next.isEmpty { found += next }
            #expect(found == expected && list.count == expected.count)
        }
    }

    private func read(
        _ disk: SimulatedDisk, _ instance: InstanceNumber, _ position: Position,
        _ since: Position?
    ) throws -> AudienceReading {
        try AudienceSource(files: disk, instance: instance, position: position, since: since)
            .read()
    }

    @Test func `a position the log does not reach is damage`() throws {
        let disk = try disk([[configured(.hashedEmail)]])
        let error = logError { () throws(LogError) in
            _ = try AudienceSource(files: disk, instance: 1, position: 2).read()
        }
        #expect(
            error
                == .damaged(
                    segment: 1,
                    Damage(offset: 0, firstPosition: 2, lastPosition: 2, kind: .missing)))
    }
}

func chunks(of audience: FrozenAudience) throws(LogError) -> [[UInt8]] {
    var walk = audience.chunks
    var chunks: [[UInt8]] = []
    while let chunk = try walk.next() { chunks.append(chunk) }
    return chunks
}

func bytes(of audience: FrozenAudience) throws(LogError) -> [UInt8] {
    Array(try chunks(of: audience).joined())
}
