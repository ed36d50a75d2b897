import MusterCore
import NIOCore
import Testing

@testable import musterd

/// A bench with a courier, whose time passes from sleeper to sleeper.
final class Days {
    let bench: Bench
    private var courier: Task<Void, any Error>?

    init(_ facts: [Fact] = scheduled(), desk: ScriptedTransport = ScriptedTransport())
        async throws
    {
        bench = try await Bench(facts, desk: desk, clock: ManualClock(noon))
        try begin()
    }

    private func begin() throws {
        let wakes = bench.wakes
        let courier = Courier(
            engine: try bench.engine, calls: APICalls(transport: bench.desk, clock: bench.clock),
            credentials: Credentials(directory: bench.scratch.credentials),
            logger: quiet, wakes: wakes.stream, wake: { wakes.wake() })
        self.courier = Task { try await courier.run() }
    }

    /// The daemon is killed now, and started at `instant`.
    func crash(until instant: Timestamp) async throws {
        try await end()
        bench.clock.jump(to: instant)
        try await bench.crash()
        try begin()
    }

    func end() async throws {
        courier?.cancel()
        _ = await courier?.result
        courier = nil
    }

    /// Lets time pass, every sleeper woken at its own time and done before the next.
    func pass(until end: Timestamp) async throws {
        try await settle()
        while bench.clock.wakeNext(until: end) { try await settle() }
    }

    /// Nothing happens until `begin`; then time passes until `end`.
    func pass(from begin: Timestamp, until end: Timestamp) async throws {
        try await settle()
        bench.clock.jump(to: begin)
        try await pass(until: end)
    }

    /// Returns when nothing can happen any more before time moves: the tick sleeps, so does every
    /// run under way, and no wake is left.
    func settle() async throws {
        let engine = try bench.engine
        try await eventually {
            let before = bench.clock.sleepCount
            let sleepers = bench.clock.sleeperCount
            guard bench.wakes.areDone else { return false }
            let active = try await engine.eventLoop.submit {
                engine.value.state.instances.count { $0.activeRun != nil }
            }.get()
            return sleepers == active + 1 && bench.wakes.areDone
                && before == bench.clock.sleepCount
        }
    }

    var runs: [Run] {
        get async throws { try await bench.state.instances.flatMap(\.runs) }
    }

    /// The dates that were sent, and why each run began.
    var sent: [String] {
        get async throws {
            try await runs.filter { $0.end == .succeeded }.map { "\($0.date.text) \($0.reason)" }
        }
    }
}

/// `acme-us`, every day at 03:00 of New York, which is 08:00 UTC in November, and up to ten minutes
/// later.
func scheduled() -> [Fact] {
    audience { change in
        change.schedule = TimeOfDay("03:00").map {
            DailySchedule(dailyAt: $0, timeZone: "Test/NewYork")
        }
    }
}

/// An instant of November 2026, UTC.
func november(_ day: Int, _ hour: Int, _ minute: Int = 0) -> Timestamp {
    noon.advanced(seconds: Int64(((day - 23) * 24 + hour - 12) * 60 + minute) * 60)
}

@Suite(.timeLimit(.minutes(1))) struct `The courier, day by day` {
    @Test func `sends every date once`() async throws {
        let days = try await Days()
        for day in 24...27 {
            try await days.pass(from: november(day, 7, 59), until: november(day, 8, 30))
        }
        #expect(
            try await days.sent == [
                "2026-11-24 schedule", "2026-11-25 schedule", "2026-11-26 schedule",
                "2026-11-27 schedule",
            ])
        #expect(try await days.runs.count == 4)
        #expect(days.bench.desk.lists.count == 4)
        try await days.end()
    }

    @Test func `sends a date once though it ticks for hours`() async throws {
        let days = try await Days()
        try await days.pass(from: november(24, 7), until: november(24, 13))
        #expect(try await days.sent == ["2026-11-24 schedule"])
        let started = try await days.runs[0].requestedAt
        #expect(started >= november(24, 8) && started <= november(24, 8, 11))
        try await days.end()
    }

    @Test(arguments: [november(24, 7, 59), november(24, 8, 11), november(24, 20)])
    func `sends a date once though it is killed and started again`(kill: Timestamp) async throws {
        let days = try await Days()
        try await days.pass(from: november(24, 7, 58), until: kill)
        try await days.crash(until: kill.advanced(seconds: 30))
        try await days.pass(until: kill.advanced(seconds: 1500))
        try await days.pass(from: november(25, 8), until: november(25, 8, 12))
        #expect(try await days.sent == ["2026-11-24 schedule", "2026-11-25 schedule"])
        #expect(try await days.runs.count == 2)
        try await days.end()
    }

    @Test func `makes up for days off with one run of the last date`() async throws {
        let days = try await Days()
        try await days.crash(until: november(27, 15))
        try await days.pass(until: november(27, 16))
        #expect(try await days.sent == ["2026-11-27 catchUp"])
        try await days.pass(from: november(28, 7), until: november(28, 9))
        #expect(try await days.sent == ["2026-11-27 catchUp", "2026-11-28 schedule"])
        #expect(try await days.runs.count == 2)
        try await days.end()
    }

    @Test func `does not send a date that a person has sent already`() async throws {
        let days = try await Days()
        try await days.pass(from: november(24, 6), until: november(24, 6, 1))
        _ = try await days.bench.request()
        try await days.pass(until: november(24, 6, 2))
        try await days.pass(from: november(24, 7, 59), until: november(24, 8, 30))
        #expect(try await days.sent == ["2026-11-24 manual"])
        try await days.pass(from: november(25, 7, 59), until: november(25, 8, 30))
        #expect(try await days.sent == ["2026-11-24 manual", "2026-11-25 schedule"])
        try await days.end()
    }

    @Test func `does not send a date again when the clock goes back`() async throws {
        let days = try await Days()
        try await days.pass(from: november(24, 7, 59), until: november(24, 8, 30))
        try await days.crash(until: november(24, 7))
        try await days.pass(until: november(24, 9))
        #expect(try await days.sent == ["2026-11-24 schedule"])
        #expect(try await days.runs.count == 1)
        try await days.end()
    }

    @Test func `tries a date again each hour while TTD is away, and is content with one success`()
        async throws
    {
        let days = try await Days()
        days.bench.desk.isDown = true
        try await days.pass(from: november(24, 7, 59), until: november(24, 10, 30))
        days.bench.desk.isDown = false
        try await days.pass(until: november(24, 14))
        let runs = try await days.runs
        #expect(runs.map(\.reason) == [.schedule, .retry, .retry, .retry])
        #expect(runs.map(\.failure) == [.unavailable, .unavailable, .unavailable, nil])
        for (earlier, later) in zip(runs, runs.dropFirst()) {
            let ended = try #require(earlier.endedAt)
            #expect((3600...3615).contains(later.requestedAt.seconds(since: ended)))
        }
        #expect(try await days.sent == ["2026-11-24 retry"])
        try await days.end()
    }

    @Test func `gives a date up an hour before the next`() async throws {
        let days = try await Days()
        days.bench.desk.isDown = true
        for hour in 0..<24 {
            let start = november(24, 8).advanced(seconds: Int64(hour) * 3600)
            try await days.pass(from: start, until: start.advanced(seconds: 900))
        }
        let before = try await days.runs
        #expect(before.allSatisfy { $0.date.text == "2026-11-24" })
        #expect(before.allSatisfy { november(25, 8).seconds(since: $0.requestedAt) >= 3600 })
        #expect(before.count >= 20)
        days.bench.desk.isDown = false
        try await days.pass(from: november(25, 8), until: november(25, 8, 15))
        #expect(try await days.sent == ["2026-11-25 schedule"])
        try await days.end()
    }

    @Test func `does not try again what TTD refused`() async throws {
        let days = try await Days()
        days.bench.desk.script(.list, .answer(400))
        try await days.pass(from: november(24, 7, 59), until: november(24, 12))
        #expect(try await days.runs.map(\.failure) == [.rejected])
        try await days.end()
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The courier` {
    @Test func `takes up what a command asks for without time passing`() async throws {
        let days = try await Days(audience())
        try await days.settle()
        _ = try await days.bench.request()
        try await days.settle()
        #expect(try await days.sent == ["2026-11-23 manual"])
        #expect(days.bench.clock.now() == noon)
        try await days.end()
    }

    @Test(arguments: Stop.all)
    func `takes up at its start what a crash stopped`(stop: Stop) async throws {
        let days = try await Days(stop.facts, desk: stop.desk)
        try await days.pass(until: noon.advanced(seconds: 200))
        #expect(try await days.sent == ["2026-11-23 manual"])
        #expect(days.bench.desk.segments.count == 1)
        try await days.end()
    }

    @Test func `asks what became of a drop four times, and keeps what it is told redacted`()
        async throws
    {
        let days = try await Days(audience())
        days.bench.desk.script(
            .status, .answer(200, body: #"{"Status": "jane.doe@example.com"}"#), .lost,
            .answer(404), .answer(200, body: #"{"Status": "Done"}"#))
        _ = try await days.bench.request()
        try await days.settle()
        try await days.pass(until: noon.advanced(seconds: 299))
        #expect(!days.bench.desk.routes.contains(.status))
        try await days.pass(until: noon.advanced(seconds: 7300))
        try await days.pass(from: november(24, 0), until: november(24, 2))
        let seen = try days.bench.facts.compactMap { fact in
            if case .dropStatusSeen(let seen) = fact { seen } else { nil }
        }
        #expect(seen.map(\.status) == [200, 0, 404, 200])
        #expect(seen.allSatisfy { !$0.answer.contains("jane") })
        #expect(seen.last?.answer.contains("Done") == true)
        let asked = days.bench.desk.calls.filter { $0.route == .status }
        #expect(
            asked.map(\.url).allSatisfy {
                $0 == "https://desk.test/v3/crmdata/segment/adv1/created1/reference-1"
            })
        #expect(try await days.sent.count == 1)
        try await days.end()
    }

    @Test func `lets no run wait for that of another instance`() async throws {
        var change = settings(of: "Others")
        change.minimumMembers = 1
        let people = Identities.digests((50...60).map(person))
        let days = try await Days(
            audience() + [
                .instanceConfigured(
                    InstanceConfigured(instance: 2, created: InstanceID("second"), change: change)),
                .membersAdded(MembersChanged(instance: 2, identities: people, unchanged: 0)),
            ])
        // The first run waits for TTD; the second is not kept from its end.
        days.bench.desk.script(.list, .answer(429))
        _ = try await days.bench.request()
        try await days.settle()
        try await days.bench.ask(
            #"{"id": 1, "method": "sync.now", "params": {"instance": "second"}}"#)
        try await days.settle()
        #expect(days.bench.desk.lists.map(\.body) == [rows(50...60)])
        try await days.pass(until: noon.advanced(seconds: 61))
        #expect(days.bench.desk.lists.map(\.body) == [rows(50...60), rows(1...20)])
        try await days.end()
    }

    @Test(arguments: [audience(), scheduled()])
    func `goes on when a token that was refused is replaced, and not before`(facts: [Fact])
        async throws
    {
        let days = try await Days(facts)
        days.bench.desk.script(.list, .answer(401))
        _ = try await days.bench.request()
        try await days.pass(until: noon.advanced(seconds: 600))
        #expect(try await days.runs.map(\.hold?.reason) == [.credential])
        try days.bench.scratch.credential(
            "first-token\nendpoint \(ScriptedTransport.api)\n# edited, same token\n")
        try await days.pass(until: noon.advanced(seconds: 1200))
        #expect(try await days.runs.count == 1)
        try days.bench.scratch.credential("second-token\nendpoint \(ScriptedTransport.api)\n")
        try await days.pass(until: noon.advanced(seconds: 1216))
        #expect(try await days.sent == ["2026-11-23 credentialChanged"])
        #expect(days.bench.desk.calls.last { $0.route == .open }?.token == "second-token")
        try await days.end()
    }

    @Test func `goes on when a missing credential appears, over a restart too`() async throws {
        let days = try await Days(audience())
        try days.bench.scratch.remove("credentials/ttd-token")
        _ = try await days.bench.request()
        try await days.pass(until: noon.advanced(seconds: 60))
        #expect(try await days.runs.map(\.hold?.reason) == [.credential])
        try await days.crash(until: noon.advanced(seconds: 90))
        try days.bench.scratch.credential("any-token\nendpoint \(ScriptedTransport.api)\n")
        try await days.pass(until: noon.advanced(seconds: 120))
        #expect(try await days.sent == ["2026-11-23 credentialChanged"])
        try await days.end()
    }

    @Test func `ends when it is told to, in the middle of a call`() async throws {
        let days = try await Days(audience())
        days.bench.desk.script(.open, .silence)
        _ = try await days.bench.request()
        try await eventually { days.bench.desk.routes.contains(.open) }
        try await days.end()
        #expect(try await days.runs.map(\.end) == [nil])
    }
}
