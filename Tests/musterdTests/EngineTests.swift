import MusterCore
import MusterStore
import NIOCore
import NIOEmbedded
import Testing

@testable import musterd

/// A request with its parameters.
func request(
    _ method: String, _ params: String = "{}", id: Int = 1, _ envelope: String = ""
) -> String {
    #"{"id": \#(id), "method": "\#(method)", "params": \#(params)\#(envelope)}"#
}

let configuring = request(
    "instance.configure",
    #"{"instance": "acme-us", "advertiserId": "adv1", "audienceName": "Buyers", "#
        + #""region": "US", "piiType": "hashedEmail"}"#)

func adding(_ numbers: Int..., id: Int = 1, with envelope: String = "") -> String {
    let members = numbers.map { "\"\(person($0).hex)\"" }.joined(separator: ", ")
    return request(
        "member.add", #"{"instance": "acme-us", "members": [\#(members)]}"#, id: id, envelope)
}

func removing(_ number: Int, id: Int = 1, with envelope: String = "") -> String {
    request(
        "member.remove", #"{"instance": "acme-us", "member": "\#(person(number).hex)"}"#, id: id,
        envelope)
}

@Suite struct `A turn of the engine` {
    @Test func `carries out one connection's frames in order`() throws {
        let turns = try Turns()
        let answers = try turns.ask(
            configuring, adding(1, 2, id: 2), removing(1, id: 3), removing(1, id: 4),
            adding(1, 3, id: 5))
        #expect(answers.map(\.id) == [1, 2, 3, 4, 5])
        #expect(answers.map(\.error) == [nil, nil, nil, nil, nil])
        #expect(answers.map(\.position) == [1, 2, 3, 3, 4])
        #expect(answers.map(\.version) == [1, 2, 3, 3, 4])
        #expect(answers.dropFirst().map { $0["result", "members"] } == [2, 1, 1, 3])
        #expect(answers[3]["result", "unchanged"] == 1)
    }

    /// P-DURABLE-2.
    @Test func `commits what all connections sent with one sync`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let first = try turns.connect()
        let second = try turns.connect()
        let before = turns.files.synchronizations
        try first.send(adding(1), adding(2))
        try second.send(adding(3))
        try first.send(adding(4))
        turns.turn()
        #expect(turns.files.synchronizations == before + 1)
        #expect(try first.replies().map(\.position) == [2, 3, 4])
        #expect(try second.replies().map(\.position) == [5])
        var chains: Set<Digest> = []
        try LogReader(turns.files).forEach(from: 2) { chains.insert($0.chain) }
        #expect(chains.count == 1)
    }

    @Test func `lets nothing leave before its end`() throws {
        let turns = try Turns()
        let client = try turns.connect()
        try client.send(configuring, adding(1), request("ping"), request("status"))
        #expect(try client.replies().isEmpty)
        #expect(try Bench.facts(in: turns.scratch).isEmpty)
        turns.turn()
        #expect(try client.replies().count == 4)
        #expect(try Bench.facts(in: turns.scratch).count == 2)
    }

    @Test func `writes nothing where nothing changed`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring, adding(1))
        let before = turns.files.synchronizations
        let answers = try turns.ask(
            adding(1), removing(2), configuring, request("ping"), request("no.such"),
            request("member.add", #"{"instance": "nobody", "member": "\#(person(1).hex)"}"#))
        #expect(turns.files.synchronizations == before)
        #expect(answers.map(\.position) == [2, 2, 2, 2, nil, nil])
        #expect(answers.map(\.error).suffix(2) == ["method.unknown", "instance.unknown"])
    }

    @Test func `a query sees what the turn did before it, and is true at its position`() throws {
        let turns = try Turns()
        let answers = try turns.ask(
            configuring, request("instance.show", #"{"instance": "acme-us"}"#), adding(1),
            request("instance.show", #"{"instance": "acme-us"}"#), request("status"))
        #expect(answers[1]["result", "members"] == 0)
        #expect(answers[1].position == 1)
        #expect(answers[3]["result", "members"] == 1)
        #expect(answers[3].position == 2)
        #expect(answers[4]["result", "position"] == 2)
    }

    /// P-DURABLE-3.
    @Test func `the process ends and no reply leaves when the disk does not take the commit`()
        async
    {
        await #expect(processExitsWith: .exitCode(74)) {
            let turns = try Turns()
            _ = try turns.ask(configuring)
            turns.files.fail("fdatasync")
            let client = try turns.connect()
            try client.channel.pipeline.syncOperations.addHandler(
                ExitOnReply(), position: .first)
            try client.send(adding(1), request("ping"))
            turns.turn()
        }
    }

    @Test func `the process ends when the write fails for room that was promised`() async {
        await #expect(processExitsWith: .exitCode(74)) {
            let turns = try Turns()
            _ = try turns.ask(configuring)
            turns.files.fail("write")
            _ = try turns.ask(adding(1))
        }
    }

    @Test func `a full log refuses before anything is decided, and takes commands again later`()
        throws
    {
        let turns = try Turns()
        turns.files.fail("allocate")
        let refused = try turns.ask(configuring)
        #expect(refused.error == "log.full")
        #expect(refused["error", "applied"] == "no")
        #expect(refused["error", "retryable"] == true)
        let queries = try turns.ask(request("instance.list"), request("ping"))
        #expect(queries.map(\.error) == [nil, nil])
        #expect(queries[0]["result", "instances"] == [])
        #expect(try turns.engine.state.position == 0)
        turns.files.recover()
        #expect(try turns.ask(configuring).position == 1)
    }

    @Test(arguments: [1, 40]) func `what a client sent before it went is carried out`(count: Int)
        throws
    {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        for number in 1...count { try client.send(adding(number)) }
        client.channel.close(promise: nil)
        turns.turn()
        #expect(try turns.engine.state[1].members.count == count)
    }

    @Test func `a client with an old deadline is refused, and changes nothing`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        let late = NIODeadline.now() - .milliseconds(51)
        for text in [
            adding(1, with: #", "deadlineMs": 50"#),
            request("ping", #"{}"#, #", "deadlineMs": 50"#),
            adding(2, with: #", "deadlineMs": 60000"#), adding(3),
        ] {
            try turns.engine.receive(
                Reading(body: Array(text.utf8).span), from: client.connection, arrival: late)
        }
        turns.turn()
        #expect(
            try client.replies().map(\.error)
                == ["deadline.exceeded", "deadline.exceeded", nil, nil])
        #expect(try turns.engine.state[1].members.count == 2)
    }

    @Test func `a minPosition behind the end is taken, and of a command one beyond it refused`()
        throws
    {
        let turns = try Turns()
        let answers = try turns.ask(
            configuring, request("ping", "{}", #", "minPosition": 1"#),
            adding(1, with: #", "minPosition": 2"#))
        #expect(answers.map(\.error) == [nil, nil, "request.invalid"])
        #expect(answers[2].pointer == "/minPosition")
    }

    /// P-CONN-6.
    @Test func `an engine that stops answers what was read, and closes`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        try client.send(adding(1), adding(2), request("status"))
        try turns.engine.stop()
        #expect(try client.replies().map(\.error) == [nil, nil, nil])
        #expect(try Bench.facts(in: turns.scratch).count == 3)
        turns.turn()
        #expect(!client.isOpen)
    }

    @Test(arguments: [false, true])
    func `an engine that is gone has closed each of its files once`(isStopped: Bool) throws {
        let turns = try Turns()
        _ = try turns.ask(configuring, adding(1))
        if isStopped { try turns.engine.stop() }
        turns.end()
        #expect(turns.files.openCount == 0)
        #expect(turns.files.strayCloses == 0)
    }

    @Test func `an engine that stops takes nothing more`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let known = try turns.connect()
        let late = try turns.connect(isAdmitted: false)
        try turns.engine.stop()
        try known.send(adding(1))
        try late.send(adding(2), request("ping"))
        turns.turn()
        #expect(try known.replies().isEmpty)
        #expect(try late.replies().map(\.error) == ["server.stopping", "server.stopping"])
        #expect(throws: Rejection.serverStopping) { try turns.engine.admit(late.connection) }
        #expect(try Bench.facts(in: turns.scratch).count == 1)
    }
}

/// Ends the process with another code than the engine's when a reply leaves.
private final class ExitOnReply: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        Exit.now(.unavailable)
    }
}
