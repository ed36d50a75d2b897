import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

@Suite struct `A list that was frozen` {
    /// A log with a snapshot of 20,000 people, one more person behind it, and the snapshot's file.
    private struct SnapshotAndOne {
        let disk = SimulatedDisk(seed: 1)
        let file: String
        var log: EventLog

        init(_ type: PIIType) throws {
            log = try OpenedLog(disk).log
            var change = SettingsChange()
            change.advertiserId = "adv"
            change.audienceName = "name"
            change.region = .eu
            change.piiType = type
            let people = (0..<20_001).map { Email(stored: Array("person\($0)@example.com".utf8)) }
            let facts: [Fact] = [
                .instanceConfigured(
                    InstanceConfigured(instance: 1, created: InstanceID("a"), change: change)),
                Self.added(people.dropLast(), type), Self.added(people.suffix(1), type),
            ]
            let events = facts.map {
                Event(at: Timestamp(milliseconds: 1), actor: .daemon, fact: $0)
            }
            var state = State()
            for event in events.prefix(2) { state.apply(event) }
            _ = try log.append(Array(events.prefix(2))) { Salt(first: 1, second: 1) }
            file = Snapshots.peoplePath(2, 1)
            let header = SnapshotHeader(
                log: log.head.log, position: 2, chain: log.head.chain,
                createdAt: Timestamp(milliseconds: 1))
            _ = try Snapshots(disk).write(Outline(of: state), header)
            _ = try log.append(Array(events.suffix(1))) { Salt(first: 1, second: 1) }
        }

        private static func added(_ people: some Collection<Email>, _ type: PIIType) -> Fact {
            let identities: Identities =
                type == .email ? .addresses(Array(people)) : .digests(people.map(\.digest))
            return .membersAdded(
                MembersChanged(instance: 1, identities: identities, unchanged: 0))
        }

        func list() throws -> AudienceReading {
            try AudienceSource(files: disk, instance: 1, position: 3).read()
        }

        /// Changes bits of the file where it lies, as a failing disk does.
        func flip(at offset: Int) throws {
            let open = try disk.open(file, .readWrite)
            defer { disk.close(open) }
            let byte = try disk.read(open, at: offset, count: 1)
            try disk.write([byte[0] ^ 1], to: open, at: offset)
        }
    }

    @Test(arguments: [PIIType.email, .hashedEmail])
    func `gives its rows again and again, also when its snapshot is removed`(
        type: PIIType
    ) throws {
        let base = try SnapshotAndOne(type)
        let reading = try base.list()
        #expect(reading.passedOver.isEmpty && reading.audience.count == 20_001)
        let before = try bytes(of: reading.audience)
        for name in base.disk.files.keys where name.hasPrefix("snapshots/") {
            try base.disk.remove(name)
        }
        #expect(try bytes(of: reading.audience) == before)
        #expect(Digest.sha256(before) == reading.audience.digest)
        #expect(UInt64(before.count) == reading.audience.bytes)
        let slow = try base.list()
        #expect(try bytes(of: slow.audience) == before)
    }

    @Test(arguments: [PIIType.email, .hashedEmail])
    func `never gives its last bytes where its snapshot has changed since`(type: PIIType) throws {
        let size = try #require(try SnapshotAndOne(type).disk.files[Snapshots.peoplePath(2, 1)])
            .count
        for offset in [64, 96, size / 2, size - 1] {
            let base = try SnapshotAndOne(type)
            let list = try base.list().audience
            try base.flip(at: offset)
            var walk = list.chunks
            var given: UInt64 = 0
            let error = logError { () throws(LogError) in
                while let chunk = try walk.next() { given += UInt64(chunk.count) }
            }
            #expect(error != nil, "byte \(offset)")
            #expect(given < list.bytes, "byte \(offset)")
        }
    }

    @Test(arguments: [PIIType.email, .hashedEmail], [false, true])
    func `gives its rows while it is read, anew where its snapshot is damaged`(
        type: PIIType, isDamaged: Bool
    ) throws {
        let base = try SnapshotAndOne(type)
        let rows = try bytes(of: try base.list().audience)
        if isDamaged {
            let size = try #require(base.disk.files[base.file]).count
            try base.flip(at: size - 40)
        }
        var reading = try AudienceSource(files: base.disk, instance: 1, position: 3).begin()
        #expect(reading.likelyCount == 20_001)
        #expect(reading.likelyBytes == (type == .email ? nil : 45 * 20_001))
        var (given, beginnings) = ([UInt8](), 1)
        while let piece = try reading.next() {
            switch piece {
            case .rows(let rows): given += rows
            case .anew: (given, beginnings) = ([], beginnings + 1)
            }
        }
        #expect(given == rows && reading.count == 20_001)
        #expect(beginnings == (isDamaged ? 2 : 1))
        let whole = try reading.finished()
        #expect(whole.audience.digest == Digest.sha256(rows))
        #expect(whole.passedOver.map(\.position) == (isDamaged ? [2] : []))
    }

    @Test(arguments: [PIIType.email, .hashedEmail])
    func `is built from the log where its snapshot is damaged, and says so`(type: PIIType) throws {
        let base = try SnapshotAndOne(type)
        let digest = try base.list().audience.digest
        try base.flip(at: 1000)
        let reading = try base.list()
        #expect(reading.audience.digest == digest)
        #expect(reading.passedOver.map(\.position) == [2])
        #expect(try bytes(of: reading.audience).count == Int(reading.audience.bytes))
    }
}
