import Testing

@testable import MusterCore

private struct SnapshotFiles {
    let state: [UInt8]
    let people: [[UInt8]]
}

@Suite struct `A snapshot of the state` {
    /// The files of a state; what is not people, from `rest`.
    private func files(of state: State, rest: State? = nil) throws -> SnapshotFiles {
        let header = SnapshotHeader(
            log: LogID(high: 1, low: 2), position: state.position, chain: .sha256("chain".utf8),
            createdAt: Timestamp(milliseconds: 5))
        var encoder = SnapshotEncoder(header)
        encoder.begin(rest ?? state)
        var people: [[UInt8]] = []
        for (instance, other) in zip(state.instances, (rest ?? state).instances) {
            let keepsAddresses = instance.settings.piiType == .email
            let count = UInt64(instance.members.count)
            var file = IdentityList.header(
                of: instance.number, count: count, keepsAddresses: keepsAddresses, in: header)
            var block = PeopleBlock()
            instance.members.forEach { block.append(Person(digest: $0, address: $1)) }
            IdentityList.append(block, to: &file)
            people.append(file)
            try encoder.add(
                other,
                people: IdentityList(
                    count: count, bytes: UInt64(file.count), digest: Digest.sha256(file)))
        }
        (rest ?? state).receipts.forEach { encoder.add($1, of: $0) }
        var bytes = encoder.take()
        encoder.end(Digest.sha256(bytes))
        bytes += encoder.take()
        return SnapshotFiles(state: bytes, people: people)
    }

    private func restored(_ files: SnapshotFiles, piece: Int = 1000) throws -> State {
        let bytes = files.state
        let content = try SnapshotContent(decoding: bytes.span)
        var members: [Membership] = []
        for (index, people) in content.people.enumerated() {
            let list = try list(
                Array(files.people[index].dropFirst(IdentityList.headerSize)),
                keepsAddresses: people.keepsAddresses, piece: piece)
            #expect(UInt64(list.count) == people.list.count)
            members.append(list)
        }
        return content.state(with: members)
    }

    @Test(arguments: 0..<20)
    func `with the events behind it, it gives the state that all events give`(
        block: UInt64
    ) throws {
        for seed in block * 100..<block * 100 + 100 {
            var source = StateSource(seed: seed)
            _ = source.go(Int(seed % 40))
            let files = try files(of: source.state)
            var state = try restored(files, piece: Int(seed % 90) + 1)
            #expect(StateHash.of(state) == StateHash.of(source.state), "seed \(seed)")
            for event in source.go(40) { state.apply(event) }
            #expect(StateHash.of(state) == StateHash.of(source.state), "seed \(seed), and more")
            for instance in source.state.instances {
                #expect(state[instance.id]?.number == instance.number)
                for run in instance.runs { #expect(state.run(run.id) == run) }
            }
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `but for the people it is made from an outline as from the state`(seed: UInt64) throws {
        var source = StateSource(seed: seed)
        _ = source.go(60)
        let outline = Outline(of: source.state)
        let whole = try files(of: source.state)
        #expect(try files(of: source.state, rest: outline.state).state == whole.state)
        #expect(outline.state.instances.allSatisfy { $0.members.count == 0 })
        #expect(outline.counts == source.state.instances.map(\.members.count))
    }

    @Test func `it says which log it is of and where it stands`() throws {
        var source = StateSource(seed: 3)
        _ = source.go(50)
        let bytes = try files(of: source.state).state
        let content = try SnapshotContent(decoding: bytes.span)
        #expect(content.header.position == source.state.position)
        #expect(content.header.log == LogID(high: 1, low: 2))
        #expect(content.header.chain == .sha256("chain".utf8))
        #expect(content.header.createdAt == Timestamp(milliseconds: 5))
    }

    private func isState(_ bytes: [UInt8]) -> Bool {
        do {
            _ = try SnapshotContent(decoding: bytes.span)
            return true
        } catch {
            return false
        }
    }

    @Test func `no flipped bit is taken for a state`() throws {
        var source = StateSource(seed: 4)
        _ = source.go(6)
        let bytes = try files(of: source.state).state
        #expect(isState(bytes))
        let taken = (0..<bytes.count * 8).filter { bit in
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            return isState(changed)
        }
        #expect(taken.isEmpty)
    }

    @Test(arguments: [
        (UInt8(1), LogFault.malformed("an older version wrote it")),
        (2, .malformed("an older version wrote it")), (4, .newer("snapshot format 4")),
    ])
    func `another format is told from damage`(format: UInt8, fault: LogFault) throws {
        var source = StateSource(seed: 5)
        _ = source.go(6)
        var bytes = Array(try files(of: source.state).state.dropLast(32))
        bytes[8] = format
        bytes += Digest.sha256(bytes).bytes
        #expect(throws: fault) { try SnapshotContent(decoding: bytes.span) }
    }

    private func list(
        _ bytes: [UInt8], keepsAddresses: Bool = false, piece: Int = 1000
    ) throws -> Membership {
        var decoder = IdentityDecoder(keepsAddresses: keepsAddresses)
        var members = Membership(keepsAddresses: keepsAddresses)
        var rest = bytes[...]
        while !rest.isEmpty {
            members.append(try decoder.decode(Array(rest.prefix(piece))))
            rest = rest.dropFirst(piece)
        }
        #expect(decoder.isAtEnd)
        return members
    }

    @Test func `people out of order, twice or without length are refused`() throws {
        let people = (1...1000).map(digest).sorted()
        #expect(try list(people.flatMap(\.bytes)).count == 1000)
        #expect(throws: LogFault.self) { try list(people.reversed().flatMap(\.bytes)) }
        #expect(throws: LogFault.self) { try list([people[0], people[0]].flatMap(\.bytes)) }
        #expect(throws: LogFault.self) { try list(Digest.zero.bytes) }
        #expect(throws: LogFault.self) { try list(people[0].bytes + [0, 0], keepsAddresses: true) }
    }

    @Test func `the window of receipts forgets the oldest, over the edges of its parts`() {
        var receipts = Receipts()
        for number in 0..<19_000 {
            let id = CommandID("c\(number)")
            let receipt = Receipt(
                check: 1, position: UInt64(number), version: 1, changed: 0, unchanged: 0,
                members: 0, isCreation: false)
            if let id { receipts.keep(receipt, of: id, concernsMembers: false) }
        }
        var positions: [Position] = []
        receipts.forEach { _, receipt in positions.append(receipt.position) }
        #expect(positions == Array(9000..<19_000))
        #expect(CommandID("c8999").map { receipts[$0] == nil } == true)
        #expect(CommandID("c9000").flatMap { receipts[$0] }?.position == 9000)
    }
}
