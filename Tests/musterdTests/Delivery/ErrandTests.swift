import MusterCore
import Synchronization
import Testing

@testable import musterd

@Suite(.timeLimit(.minutes(1))) struct `A run on its way` {
    @Test func `creates its segment, opens a drop last and uploads the exact rows`() async throws {
        let bench = try await Bench(audience())
        let run = try await bench.sync()
        #expect(run.end == .succeeded)
        #expect(bench.desk.routes == [.list, .create, .open, .upload])
        #expect(bench.desk.lists.map(\.body) == [rows(1...20)])
        #expect(bench.desk.lists.map(\.segment) == ["created1"])
        let segment = try await bench.state[1].segment
        #expect(
            segment == Segment(crmDataId: "created1", firstPartyDataId: "77", origin: .created))
        #expect(run.uploaded?.requestId == "request-1")
        #expect(run.frozen?.digest == Digest.sha256(rows(1...20)))
        #expect(
            try bench.facts.map(\.kind).dropFirst(2) == [
                "syncRequested", "syncFrozen", "segmentCreationIntended", "segmentResolved",
                "dropOpened", "uploadStarted", "uploaded", "syncSucceeded",
            ])
    }

    @Test func `asks as TTD wants to be asked`() async throws {
        let bench = try await Bench(audience())
        _ = try await bench.sync()
        let calls = bench.desk.calls
        #expect(
            calls.map(\.url) == [
                "https://desk.test/v3/crmdata/segment/adv1",
                "https://desk.test/v3/crmdata/targeting/segment",
                "https://desk.test/v3/crmdata/segment/adv1/created1",
                "https://store.test/drop/1?signature=secret",
            ])
        #expect(
            try JSON.parse(calls[1].body).object?.sorted
                == ["AdvertiserId=adv1", "Region=US", "SegmentName=Buyers"])
        #expect(
            try JSON.parse(calls[2].body).object?.sorted
                == ["MergeMode=Replace", "PiiType=EmailHashedUnifiedId2"])
    }

    @Test func `shows the token to the API and never to the storage`() async throws {
        let bench = try await Bench(audience())
        _ = try await bench.sync()
        #expect(
            bench.desk.calls.map(\.token) == ["first-token", "first-token", "first-token", nil])
    }

    @Test func `sends normalised addresses, in the order of their digests`() async throws {
        let bench = try await Bench(
            audience(1...1) {
                $0.piiType = .email; $0.minimumMembers = 1
            }.dropLast())
        try await bench.ask(
            #"{"id": 1, "method": "member.add", "params": {"instance": "acme-us", "members": ["#
                + #""Jane.Doe@Gmail.com", " b@example.org", "C@example.org"]}}"#)
        #expect(try await bench.sync().end == .succeeded)
        let sorted = ["janedoe@gmail.com", "b@example.org", "c@example.org"].sorted {
            Digest.sha256($0.utf8) < Digest.sha256($1.utf8)
        }
        #expect(
            bench.desk.lists.map(\.body) == [Array((sorted.joined(separator: "\n") + "\n").utf8)])
        #expect(
            try JSON.parse(bench.desk.calls[2].body).object?.sorted
                == ["MergeMode=Replace", "PiiType=Email"])
    }

    @Test func `sends the list as it was frozen, whatever is added meanwhile`() async throws {
        let bench = try await Bench(audience())
        let id = try await bench.request()
        try await bench.interrupt(id, at: .open)
        try await bench.ask(
            #"{"id": 1, "method": "member.add", "params": {"instance": "acme-us", "member": "#
                + #""\#(person(21).hex)"}}"#)
        #expect(try await bench.carry(id).end == .succeeded)
        #expect(bench.desk.lists.map(\.body) == [rows(1...20)])
    }

    @Test func `records its intention before it creates`() async throws {
        let scratch = try Scratch()
        let kinds = Mutex<[String]>([])
        let desk = ScriptedTransport(onCall: { route in
            guard route == .create else { return }
            // A log that cannot be read leaves the list empty, and the test fails.
            let durable = (try? Bench.facts(in: scratch)) ?? []
            kinds.withLock { $0 = durable.map(\.kind) }
        })
        let bench = try await Bench(audience(), scratch: scratch, desk: desk)
        _ = try await bench.sync()
        #expect(kinds.withLock { $0.last } == "segmentCreationIntended")
    }

    @Test func `records the drop and the attempt before it uploads`() async throws {
        let scratch = try Scratch()
        let kinds = Mutex<[String]>([])
        let desk = ScriptedTransport(onCall: { route in
            guard route == .upload else { return }
            // A log that cannot be read leaves the list empty, and the test fails.
            let durable = (try? Bench.facts(in: scratch)) ?? []
            kinds.withLock { $0 = durable.map(\.kind) }
        })
        let bench = try await Bench(audience(), scratch: scratch, desk: desk)
        _ = try await bench.sync()
        #expect(kinds.withLock { $0.suffix(2) } == ["dropOpened", "uploadStarted"])
    }

    @Test func `opens another drop where its list can no longer be read, and sends it whole`()
        async throws
    {
        let scratch = try Scratch()
        let desk = ScriptedTransport(onCall: { route in
            guard route == .open else { return }
            // A file that cannot be changed leaves the list readable, and the test fails.
            try? scratch.damage("state/snapshots/00000000000000000002-1.people")
        })
        let bench = try await Bench(audience(), scratch: scratch, desk: desk)
        try await bench.snapshot()
        let run = try await bench.sync()
        #expect(run.end == .succeeded)
        #expect(run.drops == 2)
        #expect(bench.desk.routes == [.list, .create, .open, .open, .upload])
        #expect(bench.desk.lists.map(\.body) == [rows(1...20)])
    }

    @Test func `does not look for a segment that it knows`() async throws {
        let bench = try await Bench(audience())
        _ = try await bench.sync()
        #expect(try await bench.sync(#", "again": true"#).end == .succeeded)
        #expect(bench.desk.routes.suffix(2) == [.open, .upload])
        #expect(bench.desk.segments.count == 1)
    }

    @Test(arguments: [
        (0, SkipReason.empty), (9, .belowMinimum),
    ])
    func `is skipped before TTD is asked anything`(members: Int, reason: SkipReason) async throws {
        let bench = try await Bench(Array(audience().prefix(1)))
        if members > 0 {
            let list = (1...members).map { "\"\(person($0).hex)\"" }.joined(separator: ",")
            try await bench.ask(
                #"{"id": 1, "method": "member.add", "params": {"instance": "acme-us", "members": "#
                    + "[\(list)]}}")
        }
        #expect(try await bench.sync().end == .skipped(reason, remoteStale: false))
        #expect(bench.desk.calls.isEmpty)
    }
}

extension JSONObject {
    /// Its members as `name=text`, sorted.
    var sorted: [String] { members.map { "\($0.name)=\($0.value.string ?? "?")" }.sorted() }
}
