import MusterCore
import NIOCore
import NIOEmbedded
import Testing

@testable import musterd

@Suite struct `A sync that is followed` {
    private let sync = request(
        "sync.now", #"{"instance": "acme-us"}"#, id: 5, #", "commandId": "s", "more": true"#)

    @Test func `tells its run at once, then each change, and the end last`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        try client.send(sync)
        turns.turn()
        var answers = try client.replies()
        #expect(answers.first?.result == ["run": 2])
        #expect(answers.first?.version == 1)
        #expect(answers.map { $0["result", "state"] } == [nil, "requested"])
        let facts: [Fact] = [
            .syncHeld(SyncHeld(run: 2, reason: .credential, detail: "", tokenFingerprint: nil))
        ]
        _ = try turns.ask(adding(1))
        #expect(try client.replies().isEmpty)
        try turns.engine.record(facts, by: .daemon, at: noon)
        #expect(try client.replies().isEmpty)
        turns.turn()
        answers = try client.replies()
        #expect(answers.map { $0["result", "state"] } == ["held"])
        #expect(answers.map(\.continues) == [nil])
        let shown = try turns.ask(request("sync.show", #"{"run": 2}"#))
        #expect(answers.last?.result == shown.result)
        #expect(try turns.engine.openStreams == 0)
    }

    @Test func `that is sent again finds its run, which may have ended`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring, sync)
        try turns.engine.record([.syncSucceeded(run: 2)], by: .daemon, at: noon)
        turns.turn()
        let answers = try turns.ask(sync).isReplayed
        #expect(answers)
    }

    @Test func `goes on when its connection ends`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        try client.send(sync)
        client.channel.close(promise: nil)
        turns.turn()
        #expect(try turns.engine.state.run(2) != nil)
        #expect(try turns.engine.openStreams == 0)
    }

    @Test func `that is refused is one reply`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring, request("sync.now", #"{"instance": "acme-us"}"#))
        let answers = try turns.ask(sync, request("ping", id: 6))
        #expect(answers.map(\.error) == ["sync.running", nil])
        #expect(try turns.engine.openStreams == 0)
    }

    /// P-STREAM-8.
    @Test func `says that it was applied when the daemon stops before its end`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        try client.send(sync)
        turns.turn()
        _ = try client.replies()
        try turns.engine.stop()
        turns.turn()
        let answers = try client.replies()
        #expect(answers.map(\.error) == ["server.stopping"])
        #expect(answers.map { $0["error", "applied"] } == ["yes"])
    }
}

extension Answer {
    fileprivate var isReplayed: Bool { self["replayed"] == true && self["continues"] == true }
}

@Suite struct `A list of members` {
    private let sorted = (1...25).map { person($0) }.sorted().map(\.hex)

    private func list(_ params: String, stream: Bool = false) -> String {
        request(
            "member.list", #"{"instance": "acme-us"\#(params)}"#, id: 3,
            stream ? #", "more": true"# : "")
    }

    private func turns() throws -> Turns {
        let turns = try Turns()
        let members = (1...25).map { adding($0) }
        _ = try turns.ask(configuring)
        for member in members { _ = try turns.ask(member) }
        return turns
    }

    private func members(_ answers: [Answer]) -> [String] {
        answers.flatMap { $0["result", "members"]?.array?.compactMap(\.string) ?? [] }
    }

    @Test(arguments: [1, 10, 25, 26])
    func `comes in parts, in order and of one position`(limit: Int) throws {
        let turns = try turns()
        let client = try turns.connect()
        try client.send(list(#", "limit": \#(limit)"#, stream: true), removing(1), removing(2))
        let answers = try turns.replies(to: client).filter { $0.id == 3 }
        #expect(members(answers) == sorted)
        #expect(Set(answers.map(\.position)) == [26])
        #expect(answers.allSatisfy { $0["result", "count"] == 25 })
        #expect(answers.dropLast().allSatisfy { $0.continues == true })
        #expect(answers.last?["result", "next"] == .null)
        #expect(answers.count == (25 + limit - 1) / limit)
    }

    @Test func `comes in pages that go on behind a digest`() throws {
        let turns = try turns()
        var found: [String] = []
        var from = ""
        for _ in 0..<3 {
            let client = try turns.connect()
            try client.send(list(#", "limit": 10\#(from)"#))
            let page = try #require(try turns.replies(to: client).first)
            found += members([page])
            from = page["result", "next"]?.string.map { #", "from": "\#($0)""# } ?? ""
        }
        #expect(found == sorted)
        #expect(from.isEmpty)
    }

    @Test func `of addresses is a list of their digests`() throws {
        let turns = try Turns()
        let email = configuring.replacing("hashedEmail", with: "email")
        let add = request(
            "member.add", #"{"instance": "acme-us", "members": ["b@example.org", "a@example.org"]}"#
        )
        _ = try turns.ask(email, add)
        let answers = try turns.stream(list("", stream: true))
        let digests = ["a@example.org", "b@example.org"].map { Digest.sha256($0.utf8) }
        #expect(members(answers) == digests.sorted().map(\.hex))
    }

    @Test func `of nobody is one empty part`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let answers = try turns.stream(list("", stream: true))
        #expect(answers.map(\.result) == [["members": [], "next": .null, "count": 0]])
    }

    @Test func `waits while four others are read, and begins when one has gone`() throws {
        let turns = try turns()
        var clients: [Turns.Client] = []
        for _ in 0..<5 {
            let client = try turns.connect()
            try client.send(list("", stream: true))
            // So full that a list cannot end.
            client.connection.reserve(Limits.streamWindow)
            clients.append(client)
        }
        turns.settle()
        let fifth = try #require(clients.last)
        fifth.connection.reserve(-Limits.streamWindow)
        #expect(try turns.replies(to: fifth).isEmpty)
        clients[0].channel.close(promise: nil)
        let answers = try turns.replies(to: fifth)
        #expect(members(answers) == sorted)
    }

    @Test(arguments: [
        (#", "from": "x""#, "/params/from"), (#", "limit": 0"#, "/params/limit"),
        (#", "limit": 10001"#, "/params/limit"),
    ])
    func `is refused by the pointer of what is wrong`(more: String, pointer: String) throws {
        let answer = try Turns().ask(list(more))
        #expect(answer.error == "params.invalid")
        #expect(answer.pointer == pointer)
    }
}
