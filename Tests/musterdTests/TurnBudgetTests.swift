import MusterCore
import NIOCore
import NIOEmbedded
import Testing

@testable import musterd

/// A command of about 16 KiB that adds nobody new after the first time.
private func large(_ number: Int) -> [UInt8] {
    let hex = "\"\(person(number).hex)\""
    let members = Array(repeating: hex, count: 240).joined(separator: ",")
    var frame: [UInt8] = []
    Frame.encode(
        Array(
            request("member.add", #"{"instance": "acme-us", "members": [\#(members)]}"#, id: number)
                .utf8), into: &frame)
    return frame
}

/// P-ORDER-5.
@Suite struct `The room of a turn` {
    /// How many of a client's commands a turn takes: 1 MiB, and the frame that passes it.
    private var share: Int { Limits.connectionReadBytes / large(1).count + 1 }

    private func turns() throws -> Turns {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        return turns
    }

    @Test func `gives one connection one mebibyte, so that the next client is in the same turn`()
        throws
    {
        let turns = try turns()
        let flood = try turns.connect()
        let honest = try turns.connect()
        try flood.send((1...200).flatMap(large))
        try honest.send(adding(1000))
        turns.turn()
        #expect(try honest.replies().map(\.position) == [Int64(share + 2)])
        #expect(try flood.replies().count == share)
        turns.loop.advanceTime(by: .milliseconds(1))
        let rest = try flood.replies()
        #expect(rest.count == 200 - share)
        #expect(try turns.engine.state.position == 202)
    }

    @Test func `counts small requests as one kibibyte each`() throws {
        let turns = try turns()
        let flood = try turns.connect()
        for number in 1...1500 { try flood.send(request("ping", id: number)) }
        turns.turn()
        #expect(try flood.replies().count == 1024)
        turns.loop.advanceTime(by: .milliseconds(1))
        #expect(try flood.replies().count == 476)
    }

    @Test func `counts what is answered too`() throws {
        let turns = try turns()
        let filling = try turns.connect()
        for number in 1...400 {
            let named =
                #"{"instance": "i\#(number)", "advertiserId": "a", "audienceName": "n\#(number)", "#
            try filling.send(
                request(
                    "instance.configure", named + #""region": "EU", "piiType": "email"}"#,
                    id: number))
        }
        turns.turn()
        turns.loop.advanceTime(by: .milliseconds(1))
        let floods = try (0..<60).map { _ in try turns.connect() }
        for flood in floods {
            for number in 1...30 { try flood.send(request("instance.list", id: number)) }
        }
        turns.turn()
        let answered = try floods.map { try $0.replies() }
        let size = try #require(answered.first?.first).size
        let most = Limits.turnReadBytes / size + Limits.turnReplyBytes / size + 2
        #expect(answered.reduce(0) { $0 + $1.count } <= most)
        #expect(answered.last?.isEmpty == true)
    }

    @Test func `gives all together eight, and nobody a third share before each has one`() throws {
        let turns = try turns()
        var clients: [Turns.Client] = []
        for _ in 0..<10 { clients.append(try turns.connect()) }
        for (index, client) in clients.enumerated() {
            try client.send((1...3 * share).flatMap { large(index * 1000 + $0) })
        }
        turns.turn()
        let first = try clients.map { try $0.replies().count }
        #expect(first.reduce(0, +) <= Limits.turnReadBytes / large(1).count + share)
        #expect(first.prefix(7) == [share, share, share, share, share, share, share])
        #expect(first.suffix(2) == [0, 0])
        turns.loop.advanceTime(by: .microseconds(50))
        let second = try clients.map { try $0.replies().count }
        #expect(second[0] == share)
        #expect(second.reduce(0, +) <= Limits.turnReadBytes / large(1).count + share)
        turns.loop.advanceTime(by: .microseconds(50))
        let third = try clients.map { try $0.replies().count }
        #expect(zip(second, third).suffix(2).allSatisfy { $0 + $1 >= share })
        turns.loop.advanceTime(by: .milliseconds(1))
        #expect(try turns.engine.state.position == Position(30 * share + 1))
    }

    @Test func `lets a new client wait behind those that wait already, and no longer`() throws {
        let turns = try turns()
        let flood = try turns.connect()
        let late = try turns.connect()
        try flood.send((1...10 * share).flatMap(large))
        turns.turn()
        try late.send(adding(9000))
        turns.turn()
        #expect(try late.replies().isEmpty)
        turns.loop.advanceTime(by: .microseconds(50))
        #expect(try late.replies().map(\.position) == [Int64(2 * share + 2)])
    }
}

@Suite struct `A query that names a position` {
    private let early = request("ping", id: 9, #", "minPosition": 3, "deadlineMs": 60000"#)

    @Test func `waits for it, and others do not`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        try client.send(early, request("ping", id: 10))
        turns.turn()
        #expect(try client.replies().map(\.id) == [10])
        _ = try turns.ask(adding(1))
        #expect(try client.replies().isEmpty)
        _ = try turns.ask(adding(2))
        #expect(try client.replies().map(\.position) == [3])
    }

    @Test(arguments: [(#", "deadlineMs": 5000"#, 5), ("", 30)])
    func `is refused when its deadline passes first`(envelope: String, seconds: Int64) throws {
        let turns = try Turns()
        let client = try turns.connect()
        try client.send(request("ping", #"{}"#, #", "minPosition": 1000"# + envelope))
        turns.loop.advanceTime(by: .seconds(seconds - 1))
        #expect(try client.replies().isEmpty)
        turns.loop.advanceTime(by: .seconds(2))
        #expect(try client.replies().map(\.error) == ["deadline.exceeded"])
    }

    @Test func `is forgotten with its connection`() throws {
        let turns = try Turns()
        let client = try turns.connect()
        try client.send(early)
        turns.turn()
        #expect(try turns.engine.positionWaits.count == 1)
        client.channel.close(promise: nil)
        turns.turn()
        #expect(try turns.engine.positionWaits.isEmpty)
    }

    @Test func `is refused when the daemon stops`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        try client.send(early)
        turns.turn()
        try turns.engine.stop()
        turns.turn()
        #expect(try client.replies().map(\.error) == ["server.stopping"])
        #expect(!client.isOpen)
    }
}
