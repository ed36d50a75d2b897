import MusterCore
import MusterStore
import NIOCore
import NIOEmbedded
import Testing

@testable import musterd

private func tail(_ params: String, id: Int = 7) -> String {
    request("log.tail", params, id: id, #", "more": true"#)
}

@Suite struct `A stream of the log` {
    @Test func `tells what there is, then that it has caught up`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring, adding(1, 2), removing(1))
        let answers = try turns.stream(tail(#"{"from": "start"}"#))
        #expect(answers.flatMap(\.events) == [1, 2, 3])
        #expect(answers.map(\.continues) == [true, nil])
        #expect(answers.last?.caughtUp == 3)
        #expect(answers.map(\.position) == [3, 3])
        #expect(answers.allSatisfy { $0.id == 7 })
        let added = answers[0]["result", "events"]?.array?[1].object
        #expect(added?["type"] == "membersAdded")
        #expect(added?["instance"] == "acme-us")
        #expect(added?["members"] == 2)
        #expect(added?["identities"] == nil)
    }

    @Test func `keeps no connection open on which something came that is no frame`() throws {
        let turns = try Turns()
        let client = try turns.connect()
        try client.send(tail(#"{"from": "end", "follow": true}"#))
        turns.settle()
        #expect(client.isOpen)
        try client.send(Array("GET / HTTP/1.1".utf8))
        turns.settle()
        #expect(try client.replies().last?.error == "frame.invalid")
        #expect(!client.isOpen)
    }

    @Test func `that follows tells each later event once it is durable, in order`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        try client.send(tail(#"{"from": "start", "follow": true}"#))
        var answers = try turns.replies(to: client)
        let other = try turns.connect()
        for number in 1...50 {
            try other.send(adding(number))
            #expect(try client.replies().isEmpty)
            turns.turn()
            answers += try client.replies()
        }
        #expect(answers.flatMap(\.events) == Array(1...51))
        #expect(answers.compactMap(\.caughtUp) == [1])
        #expect(answers.allSatisfy { $0.continues == true })
    }

    @Test func `from the end tells only what comes, and a position only what is not before it`()
        throws
    {
        let turns = try Turns()
        _ = try turns.ask(configuring, adding(1), adding(2))
        let client = try turns.connect()
        try client.send(
            tail(#"{"from": "end", "follow": true}"#),
            tail(#"{"from": 3, "follow": true}"#, id: 8))
        _ = try turns.replies(to: client)
        _ = try turns.ask(adding(3))
        let answers = try client.replies()
        #expect(answers.filter { $0.id == 7 }.flatMap(\.events) == [4])
        #expect(answers.filter { $0.id == 8 }.flatMap(\.events) == [4])
        let again = try turns.stream(tail(#"{"from": 3}"#))
        #expect(again.flatMap(\.events) == [3, 4])
    }

    @Test func `tells only the types and the instance that were asked for`() throws {
        let turns = try Turns()
        let other = configuring.replacing("acme-us", with: "acme-eu")
            .replacing("Buyers", with: "Others")
        let sync = request("sync.now", #"{"instance": "acme-us"}"#)
        _ = try turns.ask(configuring, other, adding(1), removing(1), sync)
        let types = try turns.stream(
            tail(#"{"types": ["membersRemoved", "syncRequested"]}"#))
        #expect(types.flatMap(\.events) == [4, 5])
        let instance = try turns.stream(tail(#"{"instance": "acme-eu"}"#))
        #expect(instance.flatMap(\.events) == [2])
        #expect(instance.last?.caughtUp == 5)
    }

    @Test func `knows the audience of a run that began before its first event`() throws {
        let turns = try Turns()
        _ = try turns.ask(
            configuring, request("sync.now", #"{"instance": "acme-us"}"#))
        try turns.engine.record([.syncSucceeded(run: 2)], by: .daemon, at: noon)
        turns.turn()
        let answers = try turns.stream(tail(#"{"from": 3, "instance": "acme-us"}"#))
        #expect(answers.flatMap(\.events) == [3])
        var pieces = LogPieces(turns.files, from: 3, EventFilter(types: nil, instance: 1))
        let piece = try pieces.read(
            through: 3, names: [try #require(InstanceID("acme-us"))], runs: [:])
        #expect(piece.events.first?.object?["instance"] == "acme-us")
    }

    @Test(arguments: [
        (#"{"from": 9}"#, "/params/from"), (#"{"from": "middle"}"#, "/params/from"),
        (#"{"from": 0}"#, "/params/from"), (#"{"types": ["none"]}"#, "/params/types/0"),
        (#"{"types": []}"#, "/params/types"), (#"{"until": 3}"#, "/params/until"),
    ])
    func `is refused by the pointer of what is wrong`(params: String, pointer: String) throws {
        let turns = try Turns()
        let answer = try turns.ask(tail(params))
        #expect(answer.error == "params.invalid")
        #expect(answer.pointer == pointer)
    }

    @Test func `says that it still is there every fifteen seconds of silence`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        try client.send(tail(#"{"follow": true}"#))
        _ = try turns.replies(to: client)
        turns.loop.advanceTime(by: .seconds(14))
        #expect(try client.replies().isEmpty)
        turns.loop.advanceTime(by: .seconds(1))
        #expect(try client.replies().map(\.heartbeat) == [1])
        turns.loop.advanceTime(by: .seconds(10))
        _ = try turns.ask(adding(1))
        #expect(try client.replies().map(\.events) == [[2]])
        turns.loop.advanceTime(by: .seconds(14))
        #expect(try client.replies().isEmpty)
        turns.loop.advanceTime(by: .seconds(1))
        #expect(try client.replies().map(\.heartbeat) == [2])
    }

    @Test func `ends with its connection, and frees the id with its end`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        try client.send(tail("{}"))
        _ = try turns.replies(to: client)
        try client.send(tail(#"{"follow": true}"#))
        _ = try turns.replies(to: client)
        #expect(try turns.engine.openStreams == 1)
        client.channel.close(promise: nil)
        turns.turn()
        #expect(try turns.engine.openStreams == 0)
    }

    @Test func `keeps its id from a second request`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        try client.send(tail(#"{"follow": true}"#))
        try client.send(request("ping", id: 7), request("ping", id: 8))
        let answers = try turns.replies(to: client)
        let refused = answers.first { $0.error != nil }
        #expect(refused?.error == "request.invalid")
        #expect(refused?.pointer == "/id")
        #expect(refused?.id == .null)
        #expect(answers.contains { $0.id == 8 && $0.result == [:] })
    }

    /// P-STREAM-8.
    @Test func `is told when the daemon stops`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        try client.send(tail(#"{"follow": true}"#))
        _ = try turns.replies(to: client)
        try turns.engine.stop()
        turns.turn()
        #expect(try client.replies().map(\.error) == ["server.stopping"])
        #expect(!client.isOpen)
    }

    @Test func `of a method that answers once is refused by the pointer of more`() throws {
        let turns = try Turns()
        let answers = try turns.ask(
            request("ping", "{}", #", "more": true"#),
            request("log.tail", #"{"follow": true}"#))
        #expect(answers.map(\.error) == ["request.invalid", "params.invalid"])
        #expect(answers.map(\.pointer) == ["/more", "/params/follow"])
    }
}

@Suite struct `A stream of the log whose client is slow` {
    /// More than a stream may have waiting.
    private func longLog() throws -> Turns {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        for batch in 0..<120 {
            var facts: [Fact] = []
            for number in 0..<100 {
                facts.append(
                    .membersAdded(
                        MembersChanged(
                            instance: 1, identities: .digests([person(batch * 100 + number)]),
                            unchanged: 0)))
            }
            try turns.engine.record(facts, by: .daemon, at: noon)
            turns.turn()
        }
        return turns
    }

    private func slow(_ turns: Turns) throws -> (client: Turns.Client, valve: Valve) {
        let client = try turns.connect()
        let valve = Valve()
        try client.channel.pipeline.syncOperations.addHandler(valve, position: .first)
        return (client, valve)
    }

    @Test func `waits in the log and not in memory, and loses nothing when it reads on`()
        throws
    {
        let turns = try longLog()
        let (client, valve) = try slow(turns)
        try client.send(tail(#"{"follow": true}"#))
        turns.settle()
        #expect(valve.heldBytes > Limits.streamWindow / 2)
        #expect(valve.heldBytes < Limits.streamWindow + 2 * LogPiece.size)
        _ = try turns.ask(adding(90_000))
        valve.open()
        let answers = try turns.replies(to: client)
        #expect(answers.flatMap(\.events) == Array(1...12_002))
    }

    @Test func `is told where to go on after ten seconds, and what was sent before is whole`()
        throws
    {
        let turns = try longLog()
        let (client, valve) = try slow(turns)
        try client.send(tail(#"{"follow": true}"#))
        turns.settle()
        #expect(!client.connection.hasRoom)
        turns.loop.advanceTime(by: .seconds(9))
        valve.take(1)
        turns.loop.advanceTime(by: .seconds(9))
        #expect(try turns.engine.openStreams == 1)
        turns.loop.advanceTime(by: .seconds(2))
        #expect(try turns.engine.openStreams == 0)
        valve.open()
        let answers = try turns.replies(to: client)
        let told = answers.flatMap(\.events)
        let resume = try #require(answers.last?["error", "details", "resumeFrom"]?.integer)
        #expect(answers.last?.error == "stream.lagged")
        #expect(told == Array(1..<resume))
        #expect(client.isOpen)
        let rest = try turns.stream(tail(#"{"from": \#(resume)}"#))
        #expect(told + rest.flatMap(\.events) == Array(1...12_001))
    }
}
