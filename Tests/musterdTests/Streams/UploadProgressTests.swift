import MusterCore
import Testing

@testable import musterd

@Suite struct `The progress of an upload` {
    private static let list: UInt64 = 3 << 20

    /// An engine with a run, and a client that follows it.
    private static func followed() throws -> (turns: Turns, client: Turns.Client) {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        try client.send(
            request("sync.now", #"{"instance": "acme-us"}"#, id: 5, #", "more": true"#))
        turns.turn()
        return (turns, client)
    }

    @Test func `is told at its beginning, each step and its end`() {
        var progress = UploadProgress()
        let noted = [0, 100, 1 << 20, 1 << 20, (1 << 20) + 5, Self.list, Self.list].map {
            progress.note($0, of: Self.list, 7)
        }
        #expect(noted == [true, false, true, false, false, true, false])
        #expect(progress[7] == Self.list)
        #expect(progress[8] == nil)
    }

    @Test func `is told again a whole step later and not before`() {
        var progress = UploadProgress()
        let amounts: [UInt64] = [5, 1_048_580, 1_048_581, 2_097_156]
        let noted = amounts.map { progress.note($0, of: Self.list, 7) }
        #expect(noted == [true, false, true, false])
        #expect(progress[7] == 1_048_581)
    }

    @Test func `begins anew with another try, and is gone with its end`() {
        var progress = UploadProgress()
        let tries: [UInt64?] = [2 << 20, 0, nil, nil]
        let noted = tries.map { progress.note($0, of: Self.list, 7) }
        #expect(noted == [true, true, true, false])
        #expect(progress[7] == nil)
    }

    @Test func `reaches whoever follows the run, with what is durable`() throws {
        let (turns, client) = try Self.followed()
        #expect(try client.replies().map { $0["result", "sent"] } == [nil, nil])
        _ = try turns.engine.uploads.note(512, of: 1024, 2)
        try turns.engine.endTurnSoon()
        turns.turn()
        let told = try client.replies()
        #expect(told.map { $0["result", "sent"] } == [512])
        #expect(told.map(\.continues) == [true])
        let shown = try turns.ask(request("sync.show", #"{"run": 2}"#))
        #expect(shown["result", "sent"] == nil)
    }

    @Test func `is no part of the run's end`() throws {
        let (turns, client) = try Self.followed()
        _ = try turns.engine.uploads.note(512, of: 1024, 2)
        try turns.engine.record(
            [.syncFailed(run: 2, class: .stale, detail: "")], by: .daemon, at: noon)
        turns.turn()
        let last = try #require(try client.replies().last)
        #expect(last["result", "state"] == "failed")
        #expect(last["result", "sent"] == nil)
    }
}
