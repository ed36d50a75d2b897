import Testing

@testable import MusterCore

@Suite struct `Records` {
    @Test(arguments: EventType.allCases, [1, 2, 3] as [UInt64])
    func `an event of every type is read back as it was`(type: EventType, seed: UInt64) throws {
        var source = EventSource(seed: seed &* 1000 &+ UInt64(type.rawValue))
        let events = (0..<200).map { _ in source.event(type) }
        var log = LogBytes()
        try log.commit(events)
        let found = try read(log.bytes, log.header, scrutiny: .digests)
        #expect(found.events == events)
        #expect(found.end == .clean(offset: log.bytes.count))
    }

    @Test func `a single add takes 41 bytes, its command id and a slot`() throws {
        var source = EventSource(seed: 1)
        var encoder = RecordEncoder()
        let event = source.singleAdd(command: "order-7")
        let first = try encoder.append(event, limit: 1000) { Salt(first: 1, second: 2) }
        let second = try encoder.append(event, limit: 1000) { Salt(first: 1, second: 2) }
        #expect(first.bytes == 41 + 7 + 32 + 16)
        #expect(second.bytes == 41 + 7 + 32)
    }

    @Test func `erased identities are skipped`() throws {
        let people = Identities.addresses([
            Email(stored: Array("a@example.com".utf8)), Email(stored: Array("b@example.com".utf8)),
        ])
        let digests = Identities.digests([Digest.sha256([1]), Digest.sha256([2])])
        var encoder = RecordEncoder()
        for identities in [people, digests] {
            let change = MembersChanged(instance: 1, identities: identities, unchanged: 0)
            _ = try encoder.append(
                Event(at: Timestamp(milliseconds: 0), actor: .daemon, fact: .membersAdded(change)),
                limit: 1000
            ) { Salt(first: 1, second: 2) }
        }
        var identities = encoder.identities.bytes
        for offset in 18..<31 { identities[offset] = 0 }
        for offset in identities.count - 32..<identities.count { identities[offset] = 0 }
        let records = encoder.records.bytes
        let bytes = records + identities
        var decoder = try RecordDecoder(
            records: 0..<records.count, identities: records.count..<bytes.count)
        let left = try (0..<2).map { _ in try decoder.next(in: bytes.span).fact }
        #expect(
            left == [
                .membersAdded(
                    MembersChanged(
                        instance: 1,
                        identities: .addresses([Email(stored: Array("b@example.com".utf8))]),
                        unchanged: 0)),
                .membersAdded(
                    MembersChanged(
                        instance: 1, identities: .digests([Digest.sha256([1])]), unchanged: 0)),
            ])
        #expect(decoder.isAtEnd)
    }

    @Test(arguments: [
        (2, 21, LogFault.newer("event type 21")),
        (3, 2, .newer("version 2 of event type 11")),
        (4, 2, .newer("record flags 2")),
        (0, 23, .malformed("a field ends too early")),
        (0, 15, .malformed("a record is too short")),
    ])
    func `what a newer version may have written is told from damage`(
        offset: Int, value: UInt8, fault: LogFault
    ) throws {
        var encoder = RecordEncoder()
        let event = Event(
            at: Timestamp(milliseconds: 0), actor: .daemon, fact: .syncSucceeded(run: 1))
        _ = try encoder.append(event, limit: 1000) { Salt(first: 1, second: 2) }
        var bytes = encoder.records.bytes
        bytes[offset] = value
        var decoder = try RecordDecoder(
            records: 0..<bytes.count, identities: bytes.count..<bytes.count)
        #expect(throws: fault) { try decoder.next(in: bytes.span) }
    }

    @Test func `an unknown setting or choice is newer`() throws {
        #expect(throws: LogFault.newer("setting 12")) {
            var reader = ByteReader(0..<3)
            _ = try reader.settings([12, 0, 0].span)
        }
        #expect(throws: LogFault.newer("value 4 of Region")) {
            var reader = ByteReader(0..<4)
            _ = try reader.settings([3, 1, 0, 4].span)
        }
        #expect(throws: LogFault.malformed("settings are out of order")) {
            var reader = ByteReader(0..<8)
            _ = try reader.settings([4, 1, 0, 1, 3, 1, 0, 1].span)
        }
    }

    @Test(arguments: [
        (String(repeating: "x", count: 4097), EncodingFault.textTooLong),
        ("a\0b", .textHoldsZeroByte),
    ])
    func `a text that could not be read back is not written`(
        text: String, fault: EncodingFault
    ) throws {
        var encoder = RecordEncoder()
        let event = Event(
            at: Timestamp(milliseconds: 0), actor: .daemon,
            fact: .dropOpened(run: 1, reference: text))
        #expect(throws: fault) {
            try encoder.append(event, limit: 100_000) { Salt(first: 1, second: 2) }
        }
        #expect(encoder.byteCount == 0)
    }

    @Test func `an identity of zero bytes is not written`() {
        var encoder = RecordEncoder()
        let change = MembersChanged(instance: 1, identities: .digests([.zero]), unchanged: 0)
        let event = Event(
            at: Timestamp(milliseconds: 0), actor: .daemon, fact: .membersRemoved(change))
        #expect(throws: EncodingFault.zeroIdentity) {
            try encoder.append(event, limit: 1000) { Salt(first: 1, second: 2) }
        }
    }
}
