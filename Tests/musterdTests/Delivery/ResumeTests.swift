import MusterCore
import Testing

@testable import musterd

/// A run of `acme-us` that a crash stopped right after one of its events, and what TTD had done by
/// then.
struct Stop: Sendable, CustomTestStringConvertible {
    let name: String
    /// How many of the run's events are in the log.
    let events: Int
    var isCreated = false
    var isUploaded = false

    var testDescription: String { name }

    static let all = [
        Stop(name: "requested", events: 1),
        Stop(name: "frozen", events: 2),
        Stop(name: "creation intended, not made", events: 3),
        Stop(name: "creation intended and made", events: 3, isCreated: true),
        Stop(name: "resolved", events: 4, isCreated: true),
        Stop(name: "drop opened", events: 5, isCreated: true),
        Stop(name: "upload started, not taken", events: 6, isCreated: true),
        Stop(name: "upload started and taken", events: 6, isCreated: true, isUploaded: true),
        Stop(name: "uploaded", events: 7, isCreated: true, isUploaded: true),
    ]

    var facts: [Fact] {
        let run: RunID = 3
        let bytes = rows(1...20)
        let target = Target(
            endpoint: Endpoint(ScriptedTransport.api) ?? .production, credential: "ttd-token",
            advertiserId: "adv1", audienceName: "Buyers", region: .us, piiType: .hashedEmail,
            externalAudienceId: nil)
        let frozen = SyncFrozen(
            run: run, position: 3, count: 20, bytes: UInt64(bytes.count),
            digest: Digest.sha256(bytes), added: 20, removed: 0, target: target)
        let segment = Segment(crmDataId: "created1", firstPartyDataId: "77", origin: .created)
        let all: [Fact] = [
            .syncRequested(SyncRequested(instance: 1, date: monday, reason: .manual)),
            .syncFrozen(frozen), .segmentCreationIntended(run: run),
            .segmentResolved(SegmentResolved(run: run, segment: segment)),
            .dropOpened(run: run, reference: "reference-0"), .uploadStarted(run: run, attempt: 1),
            .uploaded(
                Uploaded(run: run, status: 200, bytes: UInt64(bytes.count), requestId: nil)),
        ]
        return audience() + all.prefix(events)
    }

    var desk: ScriptedTransport {
        ScriptedTransport(
            segments: isCreated ? [.init(id: "created1", name: "Buyers")] : [])
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A run that a crash stopped` {
    @Test(arguments: Stop.all)
    func `goes on where it was, to one segment with exactly its list`(stop: Stop) async throws {
        let bench = try await Bench(stop.facts, desk: stop.desk)
        let run = try await bench.carry(3)
        #expect(run.end == .succeeded)
        #expect(bench.desk.segments.map(\.id) == ["created1"])
        // The storage replaces a list by the same list, so a repeated upload changes nothing.
        #expect(bench.desk.lists.map(\.body) == (stop.events == 7 ? [] : [rows(1...20)]))
        #expect(bench.desk.lists.allSatisfy { $0.segment == "created1" })
        #expect(try bench.facts.count { $0 == .syncSucceeded(run: 3) } == 1)
        #expect(try await bench.state[1].runs.count == 1)
    }

    @Test(arguments: Stop.all)
    func `sends the list it froze, though the audience has changed`(stop: Stop) async throws {
        let more = MembersChanged(
            instance: 1, identities: .digests((21...40).map(person)), unchanged: 0)
        let bench = try await Bench(stop.facts + [.membersAdded(more)], desk: stop.desk)
        #expect(try await bench.carry(3).end == .succeeded)
        // Before it froze a run has no list of its own.
        let expected = stop.events == 1 ? rows(1...40) : rows(1...20)
        #expect(bench.desk.lists.map(\.body) == (stop.events == 7 ? [] : [expected]))
    }

    @Test func `waits out a creation before it looks for it`() async throws {
        let stop = Stop.all[3]
        let bench = try await Bench(stop.facts, desk: stop.desk)
        bench.clock.jump(to: noon.advanced(seconds: 50))
        _ = try await bench.carry(3)
        #expect(bench.clock.sleeps == [.seconds(70)])
        #expect(bench.desk.routes == [.list, .open, .upload])
    }

    @Test func `looks twice before it creates again`() async throws {
        let stop = Stop.all[2]
        let bench = try await Bench(stop.facts, desk: stop.desk)
        bench.clock.jump(to: noon.advanced(seconds: 500))
        _ = try await bench.carry(3)
        #expect(bench.clock.sleeps == [.seconds(60)])
        #expect(bench.desk.routes == [.list, .list, .create, .open, .upload])
    }

    @Test(arguments: Stop.all.dropFirst().dropLast())
    func `fails rather than send a list that is not the frozen one`(stop: Stop) async throws {
        var facts = stop.facts
        guard case .syncFrozen(let frozen) = facts[3] else {
            Issue.record("no list is frozen")
            return
        }
        facts[3] = .syncFrozen(
            SyncFrozen(
                run: 3, position: 3, count: 20, bytes: frozen.bytes, digest: person(1), added: 20,
                removed: 0, target: frozen.target))
        let bench = try await Bench(facts, desk: stop.desk)
        #expect(try await bench.carry(3).failure == .determinism)
        #expect(bench.desk.lists.isEmpty)
        #expect(!bench.desk.routes.contains(.open))
    }

    @Test(arguments: Stop.all)
    func `ends as stale where its list got too old before a drop was opened`(stop: Stop)
        async throws
    {
        let bench = try await Bench(stop.facts, desk: stop.desk)
        bench.clock.jump(to: noon.advanced(seconds: 6 * 3600 + 1))
        let run = try await bench.carry(3)
        let isEarly = (2...4).contains(stop.events)
        #expect(run.failure == (isEarly ? .stale : nil))
        #expect(bench.desk.lists.isEmpty == (isEarly || stop.events == 7))
    }

    @Test(arguments: [ScriptedTransport.Route.list, .create, .open, .upload])
    func `in the middle of a call goes on over the same directory`(
        route: ScriptedTransport.Route
    ) async throws {
        let bench = try await Bench(audience())
        let id = try await bench.request()
        try await bench.interrupt(id, at: route)
        #expect(try await bench.carry(id).end == .succeeded)
        #expect(bench.desk.segments.count == 1)
        #expect(bench.desk.lists.map(\.body) == [rows(1...20)])
    }
}
