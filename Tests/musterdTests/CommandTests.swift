import MusterCore
import NIOCore
import Testing

@testable import musterd

@Suite struct `A command that is sent again` {
    private let stamp = #", "commandId": "one""#

    @Test(arguments: [false, true])
    func `gets the first answer, over a crash too`(crash: Bool) throws {
        let turns = try Turns()
        let first = try turns.ask(configuring, adding(1, 2, with: stamp), adding(3), removing(1))[1]
        if crash { try turns.crash() }
        let again = try turns.ask(adding(1, 2, id: 9, with: stamp))
        #expect(again.id == 9)
        #expect(again["replayed"] == true)
        #expect(first["replayed"] == nil)
        #expect(again.result == first.result)
        #expect(again.position == first.position)
        #expect(again.version == first.version)
        #expect(try turns.engine.state.position == 4)
    }

    @Test(arguments: [false, true])
    func `with other contents is refused, over a crash too`(crash: Bool) throws {
        let turns = try Turns()
        _ = try turns.ask(configuring, adding(1, with: stamp))
        if crash { try turns.crash() }
        let answers = try turns.ask(
            adding(2, with: stamp), removing(1, with: stamp), adding(1, 2, with: stamp),
            request("sync.now", #"{"instance": "acme-us"}"#, stamp))
        #expect(answers.map(\.error) == Array(repeating: "command.id_reused", count: 4))
        #expect(try turns.engine.state.position == 2)
    }

    @Test func `has its rejections computed again`() throws {
        let turns = try Turns()
        let text = request(
            "member.add",
            #"{"instance": "acme-us", "members": ["\#(person(1).hex)", "nonsense", "a@b@c"]}"#,
            stamp)
        let answers = try turns.ask(configuring, text, text)
        #expect(answers[1]["result", "rejectedCount"] == 2)
        #expect(answers[2].result == answers[1].result)
        #expect(answers[2]["replayed"] == true)
    }

    @Test func `is carried out where the first changed nothing`() throws {
        let turns = try Turns()
        let answers = try turns.ask(
            configuring, adding(1), adding(1, with: stamp), removing(1), adding(1, with: stamp))
        #expect(answers[2]["result", "added"] == 0)
        #expect(answers[4]["result", "added"] == 1)
        #expect(answers[4]["replayed"] == nil)
    }

    @Test func `is answered though its version and deadline have passed`() throws {
        let turns = try Turns()
        let envelope = #", "commandId": "one", "expectedVersion": 1, "deadlineMs": 50"#
        _ = try turns.ask(configuring, adding(1, with: envelope))
        let client = try turns.connect()
        try turns.engine.receive(
            Reading(body: Array(adding(1, with: envelope).utf8).span), from: client.connection,
            arrival: NIODeadline.now() - .seconds(1))
        turns.turn()
        #expect(try client.replies().map { $0["replayed"] } == [true])
    }

    @Test func `as a configuration or a run names the first's position`() throws {
        let turns = try Turns()
        let configure = request(
            "instance.configure",
            #"{"instance": "acme-us", "advertiserId": "adv1", "audienceName": "Buyers", "#
                + #""region": "US", "piiType": "hashedEmail"}"#, #", "commandId": "c""#)
        let sync = request("sync.now", #"{"instance": "acme-us"}"#, #", "commandId": "s""#)
        let first = try turns.ask(configure, sync)
        try turns.crash()
        let again = try turns.ask(configure, sync)
        #expect(again.map(\.position) == first.map(\.position))
        #expect(again.map(\.version) == first.map(\.version))
        #expect(again[0]["result", "created"] == true)
        #expect(again[1].result == ["run": 2])
        #expect(try turns.engine.state.position == 2)
    }
}

@Suite struct `A command` {
    @Test func `that expects another version is refused`() throws {
        let turns = try Turns()
        let answers = try turns.ask(
            configuring, adding(1, with: #", "expectedVersion": 0"#),
            adding(1, with: #", "expectedVersion": 1"#), adding(2, with: #", "expectedVersion": 1"#)
        )
        #expect(answers.map(\.error) == [nil, "version.conflict", nil, "version.conflict"])
        #expect(answers[3]["error", "details"] == ["expected": 1, "actual": 2])
        #expect(try turns.engine.state[1].members.count == 1)
    }

    @Test func `that creates an instance may expect version 0`() throws {
        let turns = try Turns()
        let text = request(
            "instance.configure",
            #"{"instance": "acme-us", "advertiserId": "a", "audienceName": "B", "region": "US", "#
                + #""piiType": "email"}"#, #", "expectedVersion": 0"#)
        #expect(try turns.ask(text, text).map(\.error) == [nil, "version.conflict"])
    }

    @Test(arguments: [
        ("Test/Nowhere", "/params/schedule/timeZone"),
        ("../../etc/passwd", "/params/schedule/timeZone"),
        ("Test", "/params/schedule/timeZone"), ("/Test/NewYork", "/params/schedule/timeZone"),
    ])
    func `that names a zone the host has not is refused by its pointer`(
        zone: String, pointer: String
    ) throws {
        let turns = try Turns()
        let answers = try turns.ask(
            configuring,
            request(
                "instance.configure",
                #"{"instance": "acme-us", "schedule": {"dailyAt": "03:00", "timeZone": "\#(zone)"}}"#
            ))
        #expect(answers[1].error == "params.invalid")
        #expect(answers[1].pointer == pointer)
        #expect(try turns.engine.state[1].settings.schedule == nil)
    }

    @Test func `that names a known zone is taken, and the next run is shown`() throws {
        let turns = try Turns()
        let answers = try turns.ask(
            configuring,
            request(
                "instance.configure",
                #"{"instance": "acme-us", "schedule": {"dailyAt": "03:00", "timeZone": "Test/NewYork"}}"#
            ), request("instance.show", #"{"instance": "acme-us"}"#))
        #expect(answers[0]["warnings"]?.array?.count == 1)
        #expect(answers[1]["warnings"] == nil)
        #expect(answers[1]["result", "changed"] == ["schedule"])
        let next = try #require(answers[2]["result", "nextSync"]?.string)
        #expect(next.hasPrefix("2026-11-24T08:0"))
    }

    @Test func `cannot say where the token goes; the credential's file does`() throws {
        let turns = try Turns()
        let refused = try turns.ask(
            request(
                "instance.configure",
                #"{"instance": "acme-us", "advertiserId": "a", "audienceName": "B", "region": "US", "#
                    + #""piiType": "email", "endpoint": "https://evil.test/v3"}"#))
        #expect(refused.error == "params.invalid")
        #expect(refused.pointer == "/params/endpoint")
        let answers = try turns.ask(
            configuring, request("instance.show", #"{"instance": "acme-us"}"#))
        #expect(answers[1]["result", "endpoint"] == .string(ScriptedTransport.api))
    }

    @Test func `that names a credential without a file is taken with a warning`() throws {
        let turns = try Turns()
        try turns.scratch.remove("credentials/ttd-token")
        let answer = try turns.ask(configuring)
        let names = answer["warnings"]?.array?.compactMap { $0.object?["name"]?.string }
        #expect(names == ["credential.unusable", "schedule.none"])
        #expect(try turns.engine.state[1].settings.endpoint == .production)
    }

    @Test func `of two instances for one segment is refused`() throws {
        let turns = try Turns()
        let answers = try turns.ask(
            configuring,
            request(
                "instance.configure",
                #"{"instance": "twin", "advertiserId": "adv1", "audienceName": "Buyers", "#
                    + #""region": "US", "piiType": "email"}"#))
        #expect(answers[1].error == "instance.segment_taken")
        #expect(answers[1]["error", "details"] == ["instance": "acme-us"])
    }

    @Test func `is recorded with who sent it`() throws {
        let turns = try Turns()
        let client = try turns.connect()
        try client.send(configuring, request("sync.now", #"{"instance": "acme-us"}"#))
        turns.turn()
        #expect(try turns.engine.state.run(2)?.actor == client.connection.actor)
        #expect(try turns.engine.state.run(2)?.date == monday)
    }
}
