import MusterCore
import Testing

@testable import musterd

@Suite struct `The status` {
    private func status(_ turns: Turns) throws -> Answer {
        try turns.ask(request("status"))
    }

    @Test func `counts commits, connections and ends of runs since the start`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        _ = try turns.ask(adding(1))
        let request = Fact.syncRequested(
            SyncRequested(instance: 1, date: monday, reason: .manual))
        for fact in [
            request, .syncFailed(run: 3, class: .rejected, detail: ""), request,
            .syncSucceeded(run: 5),
        ] { try turns.engine.record([fact], by: .daemon, at: noon) }
        let told = try status(turns)
        #expect(told["result", "commits"] == 3)
        #expect(told["result", "connections"] == 3)
        #expect(
            told["result", "runsEnded"] == [
                "succeeded": 1, "failed": 1, "held": 0, "skipped": 0,
            ])
        try turns.crash()
        let later = try status(turns)
        #expect(later["result", "commits"] == 0)
        #expect(later["result", "connections"] == 1)
        #expect(later["result", "runsEnded", "failed"] == 0)
    }

    @Test func `has the latest time of an event, also where the clock went back`() throws {
        let turns = try Turns()
        #expect(try status(turns)["result", "newestEventAt"] == .null)
        _ = try turns.ask(configuring)
        turns.clock.jump(to: noon.advanced(seconds: -3600))
        _ = try turns.ask(adding(1))
        #expect(try status(turns)["result", "newestEventAt"] == .string(noon.text))
    }

    @Test func `tells the room, and nothing where the host does not`() throws {
        let turns = try Turns()
        let free = try #require(try status(turns)["result", "room", "bytes"]?.integer)
        #expect(free > 0)
        turns.files.fail("statvfs")
        let told = try status(turns)
        #expect(told["result", "room", "bytes"] == .null)
        #expect(told["result", "room", "days"] == .null)
    }

    @Test func `tells the growth when the log is a day old, and asks again after an hour`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        turns.clock.jump(to: noon.advanced(seconds: 86_399))
        #expect(try status(turns)["result", "room", "bytesADay"] == .null)
        turns.clock.jump(to: noon.advanced(seconds: 86_400 + 3600))
        let told = try status(turns)
        let growth = try #require(told["result", "room", "bytesADay"]?.integer)
        let bytes = try #require(told["result", "bytes"]?.integer)
        #expect(growth == Int64(Double(bytes) * 86_400 / 90_000))
        let free = try #require(told["result", "room", "bytes"]?.integer)
        #expect(told["result", "room", "days"]?.integer == free / growth)
    }

    @Test func `counts the audiences whose time has come`() throws {
        let turns = try Turns()
        _ = try turns.ask(
            configuring,
            request(
                "instance.configure",
                #"{"instance": "acme-us", "schedule": {"dailyAt": "03:00", "timeZone": "Test/NewYork"}}"#
            ))
        #expect(try status(turns)["result", "runsDue"] == 0)
        turns.clock.jump(to: noon.advanced(seconds: 86_400))
        #expect(try status(turns)["result", "runsDue"] == 1)
    }
}
