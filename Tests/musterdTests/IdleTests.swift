import ArgumentParser
import MusterCore
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import musterd

@Suite struct `A daemon that nobody needs` {
    private let turns: Turns
    private let limit = TimeAmount.minutes(10)

    init() throws {
        turns = try Turns()
    }

    /// How long it would still wait, so long after now.
    private func left(after time: TimeAmount) throws -> TimeAmount {
        try turns.engine.timeUntilIdle(limit, at: .now() + time)
    }

    private func record(_ facts: [Fact]) throws {
        try turns.engine.record(facts, by: .daemon, at: noon)
        turns.turn()
    }

    private func scheduled(_ time: String) -> [Fact] {
        audience { change in
            change.schedule = TimeOfDay(time).map {
                DailySchedule(dailyAt: $0, timeZone: "Test/NewYork")
            }
        }
    }

    @Test func `may end when the time has passed, and not before`() throws {
        #expect(try left(after: .minutes(11)) == .zero)
        let soon = try left(after: .minutes(4))
        #expect(soon > .minutes(5) && soon <= .minutes(6))
    }

    @Test func `waits for a client to go, and the whole time from then`() throws {
        let client = try turns.connect()
        #expect(try left(after: .hours(1)) == limit)
        try turns.engine.dismiss(client.connection)
        #expect(try left(after: .minutes(9)) > .zero)
        #expect(try left(after: .minutes(11)) == .zero)
    }

    @Test func `waits for what is to be written`() throws {
        try turns.engine.record(audience(), by: .daemon, at: noon)
        #expect(try left(after: .hours(1)) == limit)
        turns.settle()
        #expect(try left(after: .hours(1)) == .zero)
    }

    @Test func `waits for a run under way, and for the question about its drop`() throws {
        let request = SyncRequested(instance: 1, date: monday, reason: .manual)
        try record(audience() + [.syncRequested(request)])
        turns.settle()
        #expect(try left(after: .hours(1)) == limit)
        let uploaded = Uploaded(run: 3, status: 200, bytes: 45, requestId: nil)
        try record([.uploaded(uploaded), .syncSucceeded(run: 3)])
        turns.settle()
        #expect(try left(after: .hours(1)) == limit)
        try record([.dropStatusSeen(DropStatusSeen(run: 3, status: 200, answer: ""))])
        turns.settle()
        #expect(try left(after: .hours(1)) == limit, "it was asked at once, and is again in 5 min")
    }

    // Noon is seven in the morning there, and each run begins within ten minutes of its time.
    @Test(arguments: [("07:01", false), ("07:09", false), ("07:21", true), ("06:59", true)])
    func `waits for a run that is due within twenty minutes`(time: String, mayEnd: Bool) throws {
        try record(scheduled(time))
        turns.settle()
        #expect(try left(after: .hours(1)) == (mayEnd ? .zero : limit))
    }

    @Test func `says in its status line what is due next`() throws {
        #expect(try turns.engine.statusLine.hasSuffix("0 runs under way, no run due"))
        try record(scheduled("07:09"))
        let line = try turns.engine.statusLine
        #expect(
            line.hasPrefix("position 2, 1 instances, 0 runs under way, next run due 2026-11-23T12:")
        )
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The exit of an idle daemon` {
    /// What happened, in its order.
    private final class Story: Sendable {
        private let kept = Mutex<[String]>([])
        var told: [String] { kept.withLock { $0 } }
        func tell(_ what: String) { kept.withLock { $0.append(what) } }
    }

    /// Watches a socket of which nobody is accepted at first, over an engine that nobody needs.
    private func watch(_ bench: Bench, _ path: String, _ story: Story) async throws -> any Channel {
        let engine = try bench.engine
        let door = try await ServerBootstrap(group: engine.eventLoop)
            .serverChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                story.tell("accepted")
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(unixDomainSocketPath: path).get()
        return door
    }

    private func begin(_ bench: Bench, _ door: any Channel, _ story: Story) async throws {
        let engine = try bench.engine
        try await engine.eventLoop.submit {
            IdleExit(engine: engine.value, limit: .milliseconds(1), doors: [door]) {
                story.tell("left")
            }.begin()
        }.get()
    }

    @Test func `comes when no client is there`() async throws {
        let bench = try await Bench()
        let story = Story()
        let door = try await watch(bench, bench.scratch.path + "/socket", story)
        try await begin(bench, door, story)
        try await eventually { !story.told.isEmpty }
        #expect(story.told == ["left"])
        try await door.close()
    }

    @Test func `is put off for a client in the socket's queue, who is accepted`() async throws {
        let bench = try await Bench()
        let story = Story()
        let path = bench.scratch.path + "/socket"
        let door = try await watch(bench, path, story)
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(unixDomainSocketPath: path).get()
        try await begin(bench, door, story)
        try await eventually { !story.told.isEmpty }
        #expect(story.told.first == "accepted")
        try await client.close()
        try await door.close()
    }
}

@Suite struct `The time after which an idle daemon ends` {
    @Test(arguments: [
        ("10", TimeAmount.minutes(10)), ("1", .minutes(1)), ("90s", .seconds(90)),
        ("300ms", .milliseconds(300)), ("", nil),
    ])
    func `is minutes`(text: String, expected: TimeAmount?) throws {
        #expect(try StartSettings.idleLimit(text) == expected)
    }

    @Test(arguments: [
        "0", "-1", "ten", "1.5", "5 min", "s", "ms", "1000001", "99999999999999999999",
    ])
    func `is refused where it is anything else`(text: String) {
        #expect(throws: SettingsError.exitOnIdle) { try StartSettings.idleLimit(text) }
    }

    @Test func `is named by a flag, or by the environment`() throws {
        let environment = ["MUSTERD_EXIT_ON_IDLE": "5"]
        let settings = try StartSettings.parse(["--state-directory", "/nowhere"])
        #expect(try settings.resolved(environment).exitOnIdle == .minutes(5))
        #expect(try settings.resolved([:]).exitOnIdle == nil)
        let flag = try StartSettings.parse(
            ["--state-directory", "/nowhere", "--exit-on-idle", "7"])
        #expect(try flag.resolved(environment).exitOnIdle == .minutes(7))
    }
}
