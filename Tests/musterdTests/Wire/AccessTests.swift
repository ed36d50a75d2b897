import MusterCore
import Testing

@testable import musterd

private let showing = request(
    "member.show", #"{"instance": "acme-us", "member": "\#(person(1).hex)"}"#)

@Suite struct `A user who may not command` {
    @Test func `is told which group to join, and changes nothing`() throws {
        let turns = try Turns()
        try turns.engine.writers = WriteClass(
            daemon: 998, groups: [HostGroup(id: 990, name: "muster")])
        _ = try turns.ask(configuring)
        let answers = try turns.ask(
            adding(1), removing(1), configuring, request("sync.now", #"{"instance": "acme-us"}"#),
            as: .stranger)
        #expect(answers.map(\.error) == Array(repeating: "access.denied", count: 4))
        #expect(
            answers.first?["error", "remedy"]
                == "As root, usermod -aG muster $(id -un 1001); then log in again.")
        #expect(answers.first?["error", "details"] == ["socket": "command", "groups": ["muster"]])
        #expect(try turns.engine.state.position == 1)
    }

    @Test func `is answered every query`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring, adding(1))
        let answers = try turns.ask(
            request("ping"), showing, request("instance.show", #"{"instance": "acme-us"}"#),
            as: .stranger)
        #expect(answers.map(\.error) == [nil, nil, nil])
        #expect(answers[1]["result", "member"] == true)
    }

    @Test func `is refused for that before anything else of the command is looked at`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring, adding(1, with: #", "commandId": "one""#))
        let answers = try turns.ask(
            adding(1, with: #", "commandId": "one""#), adding(2, with: #", "commandId": "one""#),
            adding(3, with: #", "expectedVersion": 99"#),
            request("sync.now", #"{"instance": "nobody"}"#), as: .stranger)
        #expect(answers.map(\.error) == Array(repeating: "access.denied", count: 4))
    }

    @Test(arguments: [
        (Peer.root, Door.command, true), (.stranger, .command, false), (.root, .query, false),
    ])
    func `sees it in hello`(peer: Peer, door: Door, mayCommand: Bool) throws {
        let turns = try Turns()
        let answer = try turns.ask(request("hello"), as: peer, by: door).first
        let capabilities: JSON =
            mayCommand ? ["commands", "queries", "streams"] : ["queries", "streams"]
        #expect(answer?["result", "capabilities"] == capabilities)
    }

    @Test func `but is in a group that may, commands`() throws {
        let turns = try Turns()
        try turns.engine.writers = WriteClass(
            daemon: 998, groups: [HostGroup(id: 27, name: "muster")])
        #expect(try turns.ask(configuring, as: .stranger).map(\.error) == [nil])
    }
}

@Suite struct `The query socket` {
    @Test(arguments: [Peer.root, .stranger])
    func `takes no command and shows no member, whoever asks`(peer: Peer) throws {
        let turns = try Turns()
        _ = try turns.ask(configuring, adding(1))
        let listing = request("member.list", #"{"instance": "acme-us"}"#)
        let answers = try turns.ask(adding(2), showing, listing, as: peer, by: .query)
        #expect(answers.map(\.error) == Array(repeating: "access.denied", count: 3))
        #expect(answers.map { $0["error", "details", "socket"] } == ["query", "query", "query"])
        #expect(try turns.engine.state.position == 2)
    }

    @Test func `answers what is about the whole`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring, adding(1))
        let named = #"{"instance": "acme-us"}"#
        let answers = try turns.ask(
            request("hello"), request("ping"), request("instance.list"),
            request("instance.show", named), request("sync.list", named), request("status"),
            as: .stranger, by: .query)
        #expect(answers.map(\.error) == Array(repeating: nil, count: 6))
    }
}
