import ArgumentParser
import MusterClient
import MusterCore
import Testing

@testable import muster

@Suite struct TailTests {
    @Test(arguments: [(0, nil), (2, 1), (3, 1), (4, 2), (10, 8)] as [(Int, Int?)])
    func `the last positions are kept, the first of them first`(added: Int, first: Int?) {
        var last = LastPositions(3)
        for position in 0..<added { last.add(position + 1) }
        #expect(last.first == first)
        #expect(last.isFull == (added >= 3))
    }

    @Test(arguments: [
        ["tail", "--number", "5", "--from", "1"], ["tail", "--from", "0"],
        ["tail", "--type", "nothing"], ["tail", "--number", "10001"],
        ["tail", "--since", "yesterday"], ["report", "acme"],
        ["report", "acme", "-o", "x.html", "--days", "0"],
    ])
    func `what makes no sense is misuse`(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try Muster.parseAsRoot(arguments) }
        #expect(error.map { Muster.exitCode(for: $0) } == .validationFailure)
    }

    /// Events 1 to `end`, so many in each second, and of type `membersAdded` where their position is
    /// a multiple of a hundred.
    private static func server(end: Int, perSecond: Int = 1) async throws -> ScriptedServer {
        try await ScriptedServer.start { _, requests in
            guard let request = requests.last,
                case .integer(let first) = request["params"]["from"]
            else { return [] }
            let isFiltered = request["params"]["types"].array != nil
            let isStream = request["more"] == true
            let wanted = (Int(first)...end).filter { !isFiltered || $0.isMultiple(of: 100) }
            let events = JSON.array(
                wanted.prefix(isStream ? .max : 1).map { position in
                    [
                        "position": .integer(Int64(position)), "type": "membersAdded",
                        "at": .string(
                            Timestamp(milliseconds: Int64(position / perSecond) * 1000).text),
                    ]
                })
            guard isStream else {
                return [request.reply(["events": events, "next": .integer(Int64(end + 1))])]
            }
            return [
                .send([
                    "id": request["id"], "result": ["events": events], "continues": true,
                    "position": .integer(Int64(end)),
                ]),
                request.reply(["caughtUp": .integer(Int64(end))]),
            ]
        }
    }

    @Test(arguments: [(10, 99_100), (0, 100_001), (1000, 100), (2000, 100)])
    func `the last events of a type are found from the end`(count: Int, position: Int)
        async throws
    {
        let server = try await Self.server(end: 100_000)
        let start = TailStart(
            muster: try await MusterConnection.connect(path: server.path), end: 100_000,
            types: ["membersAdded"], instance: nil)
        #expect(try await start.last(count) == position)
        try await server.close()
    }

    @Test func `without a filter nothing needs to be read`() async throws {
        let server = try await Self.server(end: 7)
        let start = TailStart(
            muster: try await MusterConnection.connect(path: server.path), end: 7, types: nil,
            instance: nil)
        #expect(try await start.last(3) == 5)
        #expect(try await start.last(10) == 1)
        #expect(server.requests.flatMap(\.self).isEmpty)
        try await server.close()
    }

    @Test(arguments: [
        (99_999, 99_001), (99_001, 92_001), (50_000, 36_001), (1, 1), (200_000, 99_001),
    ])
    func `a time is found from the end`(second: Int, expected: Int) async throws {
        let server = try await Self.server(end: 100_000)
        let start = TailStart(
            muster: try await MusterConnection.connect(path: server.path), end: 100_000,
            types: nil, instance: nil)
        let position = try await start.before(Timestamp(milliseconds: Int64(second) * 1000))
        // No more is read than eight times what was asked for, and a first look.
        #expect(position == expected)
        try await server.close()
    }

    @Test func `of events of one time the first is not passed over`() async throws {
        // From 99,000 on they are of second 9,900, and the first look is at 99,001.
        let server = try await Self.server(end: 100_000, perSecond: 10)
        let start = TailStart(
            muster: try await MusterConnection.connect(path: server.path), end: 100_000,
            types: nil, instance: nil)
        #expect(try await start.before(Timestamp(milliseconds: 9_900_000)) == 92_001)
        try await server.close()
    }
}
