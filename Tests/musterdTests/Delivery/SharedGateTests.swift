import MusterCore
import Testing

@testable import musterd

@Suite(.timeLimit(.minutes(1))) struct `Runs towards one host` {
    private let target = Target(
        endpoint: Endpoint(ScriptedTransport.api) ?? .production, credential: "ttd-token",
        advertiserId: "adv1", audienceName: "Buyers", region: .us, piiType: .hashedEmail,
        externalAudienceId: nil)

    private func calls(_ desk: ScriptedTransport, _ clock: ManualClock, _ gate: Gate) -> APICalls {
        APICalls(transport: desk, clock: clock, gate: gate)
    }

    @Test func `never have more than four calls under way`() async throws {
        let desk = ScriptedTransport()
        let clock = ManualClock(noon)
        let gate = Gate()
        desk.script(.list, .silence, .silence, .silence, .silence, .silence, .silence)
        let tasks = (0..<6).map { _ in
            Task { try await calls(desk, clock, gate).segments(target, token: Token("t".utf8)) }
        }
        let place = Gate.Place.api
        try await eventually { desk.calls.count == 4 && gate.waiterCount(at: place) == 2 }
        #expect(desk.calls.count == 4)
        for task in tasks { task.cancel() }
        for task in tasks { _ = await task.result }
    }

    @Test func `do not show a dead token twice, and show another`() async throws {
        let desk = ScriptedTransport()
        let clock = ManualClock(noon, passesSleeps: true)
        let gate = Gate()
        desk.script(.list, .answer(401))
        for _ in 0..<3 {
            await #expect(throws: CallFailure.self) {
                try await calls(desk, clock, gate).segments(target, token: Token("dead".utf8))
            }
        }
        #expect(desk.calls.count == 1)
        _ = try await calls(desk, clock, gate).segments(target, token: Token("new".utf8))
        #expect(desk.calls.map(\.token) == ["dead", "new"])
    }

    @Test func `leave a host alone that is down, after eight tries of one and one of the next`()
        async throws
    {
        let desk = ScriptedTransport()
        let clock = ManualClock(noon, passesSleeps: true)
        let gate = Gate()
        desk.isDown = true
        for _ in 0..<2 {
            await #expect(throws: CallFailure.self) {
                try await calls(desk, clock, gate).segments(target, token: Token("t".utf8))
            }
        }
        // The second waits for its probe, and no longer when that has failed too.
        #expect(desk.calls.count == 9)
        await #expect(throws: CallFailure.self) {
            try await calls(desk, clock, gate).segments(target, token: Token("t".utf8))
        }
        #expect(desk.calls.count == 9)
    }

    @Test func `make few calls again where many fail`() async throws {
        let desk = ScriptedTransport()
        let clock = ManualClock(noon, passesSleeps: true)
        let gate = Gate()
        var ends: [Bool] = []
        for _ in 0..<20 {
            // So many in a row open no breaker.
            desk.script(.list, .answer(503), .answer(503), .answer(503))
            ends.append(
                (try? await calls(desk, clock, gate).segments(target, token: Token("t".utf8)))
                    != nil)
        }
        #expect(ends.prefix(10).allSatisfy { $0 })
        #expect(!ends.suffix(8).contains(true))
    }

    @Test func `make no call at their deadline, and do not wait past it`() async throws {
        let desk = ScriptedTransport()
        let clock = ManualClock(noon, passesSleeps: true)
        desk.script(.list, .answer(429, retryAfter: "3600"))
        var calls = calls(desk, clock, Gate())
        calls.deadline = noon.advanced(seconds: 100)
        await #expect(throws: PastDeadline.self) {
            try await calls.segments(target, token: Token("t".utf8))
        }
        #expect(clock.sleeps == [.seconds(100)])
        #expect(desk.calls.count == 1)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A run that waits for TTD` {
    @Test func `ends as stale when its list is too old before the wait is over`() async throws {
        let bench = try await Bench(audience())
        for _ in 0..<7 { bench.desk.script(.open, .answer(429, retryAfter: "3600")) }
        #expect(try await bench.sync().failure == .stale)
        #expect(bench.desk.lists.isEmpty)
        #expect(bench.clock.now() == noon.advanced(seconds: 6 * 3600 + 1))
    }

    @Test func `tries the token that replaced a refused one meanwhile`() async throws {
        let scratch = try Scratch()
        let desk = ScriptedTransport(onCall: { route in
            guard route == .list else { return }
            // A file that cannot be written leaves the old token, and the test fails.
            try? scratch.credential("second-token\nendpoint \(ScriptedTransport.api)\n")
        })
        let bench = try await Bench(audience(), scratch: scratch, desk: desk)
        desk.script(.list, .answer(401))
        #expect(try await bench.sync().end == .succeeded)
        #expect(desk.calls.prefix(2).map(\.token) == ["first-token", "second-token"])
    }

    @Test(
        arguments: [
            ("The UID2 agreement is missing.", "the UID2 agreement is missing"),
            ("CRM data management is not enabled.", "CRM data management is not enabled"),
            ("No access to advertiser.", "the token's user has no access"),
            ("Nothing known.", "TTD denies the call"),
        ])
    func `says what is missing, what TTD said and its name of the request`(
        message: String, remedy: String
    ) async throws {
        let bench = try await Bench(audience())
        bench.desk.script(.open, .answer(403, body: #"{"Message": "\#(message)"}"#))
        guard case .failed(.unauthorized, let detail) = try await bench.sync().end else {
            Issue.record("the run did not fail as unauthorized")
            return
        }
        #expect(detail.hasPrefix("TTD answered 403: \(remedy)"))
        #expect(detail.contains(message) && detail.hasSuffix("(request request-1)"))
    }
}
