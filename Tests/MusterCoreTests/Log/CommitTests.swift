import Testing

@testable import MusterCore

@Suite struct `Commits` {
    @Test func `the byte layout is what it was`() throws {
        var log = LogBytes()
        let alice = Digest.sha256("alice@example.com".utf8)
        try log.commit([
            Event(
                at: Timestamp(milliseconds: 1_795_000_000_001),
                actor: .peer(uid: 1000, gid: 100, pid: 77),
                command: CommandID("import:1").map { CommandStamp(id: $0, check: 0xbeef) },
                fact: .membersAdded(
                    MembersChanged(instance: 1, identities: .digests([alice]), unchanged: 2)))
        ])
        try log.commit([
            Event(
                at: Timestamp(milliseconds: 1_795_000_000_002), actor: .daemon,
                fact: .syncSkipped(run: 9, reason: .belowMinimum, remoteStale: true))
        ])
        #expect(hex(log.bytes) == golden)
    }

    @Test func `a body never grows over its bound`() throws {
        var encoder = CommitEncoder()
        var source = EventSource(seed: 5)
        let people = (0..<50_000).map { _ in source.digest() }
        let event = Event(
            at: Timestamp(milliseconds: 0), actor: .daemon,
            fact: .membersAdded(
                MembersChanged(instance: 1, identities: .digests(people), unchanged: 0)))
        var taken = 0
        while try encoder.add(event, salt: { Salt(first: 1, second: 2) }) { taken += 1 }
        #expect(taken == 5)
        #expect(encoder.length <= CommitFormat.length(body: CommitFormat.bodyLimit))
        var commit: [UInt8] = []
        _ = encoder.seal(firstPosition: 1, after: .zero, seed: 0, into: &commit)
        #expect(encoder.isEmpty)
        #expect(try encoder.add(event, salt: { Salt(first: 1, second: 2) }))
    }

    @Test func `an event larger than a commit is refused`() throws {
        let address = Email(
            stored: Array((String(repeating: "a", count: 240) + "@example.com").utf8))
        let people = Identities.addresses(Array(repeating: address, count: 40_000))
        let event = Event(
            at: Timestamp(milliseconds: 0), actor: .daemon,
            fact: .membersAdded(MembersChanged(instance: 1, identities: people, unchanged: 0)))
        var encoder = CommitEncoder()
        #expect(throws: EncodingFault.self) {
            try encoder.add(event, salt: { Salt(first: 1, second: 2) })
        }
        #expect(encoder.isEmpty)
    }

    @Test func `a commit without identities has no salt`() throws {
        var log = LogBytes()
        try log.commit([
            Event(at: Timestamp(milliseconds: 0), actor: .daemon, fact: .syncSucceeded(run: 1))
        ])
        #expect(log.bytes.count == SegmentHeader.size + CommitFormat.length(body: 16 + 8))
    }
}

func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

/// Read by a program in another language too, from the format's description alone.
private let golden =
    "4d757374657253670100000080000000000000000000000100000000000000020100000000000000"
    + "01000000000000008c7654ecfd7b0b623b803e2f4e02ad1cc84278efdfcd7c4c9208edd81f17e115"
    + "005e56eea10100000000000000000000000000000000000000000000000000000000000000000000"
    + "00000000edc6dc3bf00000000100000001000000000000000000000031000000300000006fd1d6a7"
    + "b8377d307556ae40851cd1a13a0b6b3120207b7f4de4806fb9b6dab163c4f6b15020a5c669aa493f"
    + "26b02f60d806bce175c7ee4f8e9387243a4b62b873cc720a6a3a5346a00dc47c6419a39f5c657fd8"
    + "92ca44b697210b3650538e98dd5a90915db17b624d436d74310002010108efbe015e56eea1010000"
    + "e8030000640000004d000000696d706f72743a310100000002000000010000000103000000000000"
    + "000400000000000000ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d9"
    + "76000000746d434da8000000010000000200000000000000000000001a0000000000000029918d12"
    + "c9466cb396d09e7b18540c8757c86714e72f088bf96826e520fd7623180f3a7404ddaeca1fc2671d"
    + "3192bd80ac90a2e3658a51b2fab276a5782c4a16f0649adfe3b0c44298fc1c149afbf4c8996fb924"
    + "27ae41e4649b934ca495991b7852b8559503d8944d436d741a000e0100000000025e56eea1010000"
    + "090000000000000002010000746d434d"
