import MusterCore
import Testing

@testable import musterd

/// A route and one disturbance on it.
struct Disturbance: Sendable, CustomTestStringConvertible {
    let route: ScriptedTransport.Route
    let line: ScriptedTransport.Line
    var testDescription: String { "\(route) \(line)" }

    /// What passes by itself, at every call that may be repeated.
    static let passing: [Disturbance] =
        [ScriptedTransport.Route.list, .open, .upload].flatMap { route in
            [
                .answer(429), .answer(429, retryAfter: "7"), .answer(500), .answer(503), .notSent,
                .lost,
            ].map { Disturbance(route: route, line: $0) }
        }
        + [
            .answer(429), .answer(429, retryAfter: "7"), .notSent,
        ].map { Disturbance(route: .create, line: $0) }
}

@Suite(.timeLimit(.minutes(1))) struct `A call` {
    @Test(arguments: Disturbance.passing)
    func `that fails in passing is tried again, and once only`(disturbance: Disturbance)
        async throws
    {
        let bench = try await Bench(audience())
        bench.desk.script(disturbance.route, disturbance.line)
        #expect(try await bench.sync().end == .succeeded)
        var expected: [ScriptedTransport.Route] = [.list, .create, .open, .upload]
        let index = try #require(expected.firstIndex(of: disturbance.route))
        expected.insert(disturbance.route, at: index)
        #expect(bench.desk.routes == expected)
        #expect(bench.desk.lists.map(\.body) == [rows(1...20)])
        #expect(bench.desk.segments.count == 1)
        #expect(bench.clock.sleeps.count == 1)
    }

    @Test(arguments: [
        (nil, Duration.seconds(60)), ("7", .seconds(7)), ("2.5", .milliseconds(2500)),
        ("0", .seconds(1)), ("86400", .seconds(3600)), ("soon", .seconds(60)),
        ("Mon, 23 Nov 2026 12:05:00 GMT", .seconds(300)),
    ])
    func `that TTD throttles waits as long as TTD asks`(header: String?, wait: Duration)
        async throws
    {
        let bench = try await Bench(audience())
        bench.desk.script(.open, .answer(429, retryAfter: header))
        #expect(try await bench.sync().end == .succeeded)
        #expect(bench.clock.sleeps == [wait])
    }

    @Test(arguments: [ScriptedTransport.Line.answer(503), .answer(429), .notSent, .lost])
    func `is tried eight times, with waits between and none after the last`(
        line: ScriptedTransport.Line
    ) async throws {
        let bench = try await Bench(audience())
        bench.desk.script(.list, line, line, line, line, line, line, line, line, line)
        #expect(try await bench.sync().failure == .unavailable)
        #expect(bench.desk.routes == Array(repeating: .list, count: 8))
        #expect(bench.clock.sleeps.count == 7)
    }

    @Test(arguments: [ScriptedTransport.Route.list, .create, .open])
    func `that TTD forbids ends the run as unauthorized`(route: ScriptedTransport.Route)
        async throws
    {
        let bench = try await Bench(audience())
        bench.desk.script(route, .answer(403, body: #"{"Message": "No access to advertiser."}"#))
        #expect(try await bench.sync().failure == .unauthorized)
        #expect(bench.desk.routes.last == route)
        #expect(bench.desk.lists.isEmpty)
    }

    @Test(
        arguments: [
            (302, ""), (400, ""),
            (404, ": there is no such thing; check advertiserId and the segment"), (409, ""),
            (
                410,
                ": TTD has retired this call or a part of it; a newer version of Muster is needed"
            ),
            (418, ""),
        ])
    func `that TTD refuses is not repeated, and says so with TTD's name of the request`(
        status: Int, advice: String
    ) async throws {
        let bench = try await Bench(audience())
        bench.desk.script(.open, .answer(status))
        #expect(
            try await bench.sync().end
                == .failed(
                    .rejected, detail: "TTD answered \(status)\(advice) (request request-1)"))
        #expect(bench.desk.routes == [.list, .create, .open])
    }

    @Test func `keeps no address, token or signed address of an answer`() async throws {
        let bench = try await Bench(audience())
        let secret = "jane.doe@example.com https://s3.test/x?sig=abc " + person(1).hex
        bench.desk.script(.open, .answer(400, body: #"{"Message": "\#(secret)"}"#))
        guard case .failed(.rejected, let detail) = try await bench.sync().end else {
            Issue.record("the run did not fail")
            return
        }
        #expect(detail.contains("<redacted"))
        #expect(!detail.contains("jane") && !detail.contains("sig=") && !detail.contains("person"))
        #expect(!detail.contains(person(1).hex))
    }

    @Test func `whose drop cannot be read ends the run as unavailable`() async throws {
        let bench = try await Bench(audience())
        bench.desk.script(.open, .answer(200, body: #"{"ReferenceId": "r"}"#))
        #expect(try await bench.sync().failure == .unavailable)
        #expect(bench.desk.lists.isEmpty)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `An upload` {
    @Test(arguments: [1, 2])
    func `whose address is refused goes to another drop`(refusals: Int) async throws {
        let bench = try await Bench(audience())
        for _ in 0..<refusals { bench.desk.script(.upload, .answer(403, body: "<Error/>")) }
        let run = try await bench.sync()
        #expect(run.end == .succeeded)
        #expect(run.drops == UInt32(refusals) + 1)
        #expect(run.attempts == UInt32(refusals) + 1)
        #expect(bench.desk.routes.count { $0 == .open } == refusals + 1)
        #expect(bench.desk.lists.map(\.body) == [rows(1...20)])
    }

    @Test func `is given three drops at most`() async throws {
        let bench = try await Bench(audience())
        for _ in 0..<9 { bench.desk.script(.upload, .answer(403, body: "<Error/>")) }
        let run = try await bench.sync()
        #expect(run.failure == .unavailable)
        #expect(run.drops == 3)
        #expect(bench.desk.routes.count { $0 == .open } == 3)
        #expect(bench.desk.lists.isEmpty)
    }

    @Test func `is given three drops at most over crashes too`() async throws {
        let bench = try await Bench(audience())
        let id = try await bench.request()
        for _ in 0..<3 { try await bench.interrupt(id, at: .upload) }
        #expect(try await bench.carry(id).failure == .unavailable)
        #expect(bench.desk.routes.count { $0 == .open } == 3)
    }

    @Test(arguments: [
        "http://store.test/drop/1", "https://127.0.0.1/drop/1", "http://127.0.0.1:9/drop/1",
        "https://[::1]/drop/1", "ftp://store.test/1", "https://user@store.test/1", "", "/drop/1",
        "file:///etc/passwd",
    ])
    func `does not go to an address that may not be used`(url: String) async throws {
        let bench = try await Bench(audience())
        bench.desk.script(.open, .answer(200, body: #"{"ReferenceId": "r", "Url": "\#(url)"}"#))
        let run = try await bench.sync()
        #expect(run.failure == .rejected)
        #expect(!bench.desk.routes.contains(.upload))
        #expect(!(try bench.facts.contains { "\($0)".contains("store.test") }))
    }

    @Test(arguments: [
        ("http://127.0.0.1:9/drop/1", true), ("https://store.test/drop/1", true),
        ("http://store.test/drop/1", false),
    ])
    func `may go to this host only where the endpoint is on it`(url: String, isUsed: Bool)
        async throws
    {
        let bench = try await Bench(
            audience { $0.endpoint = Endpoint("http://127.0.0.1:9/v3") })
        try bench.scratch.credential("first-token\nendpoint http://127.0.0.1:9/v3\n")
        bench.desk.script(.list, .answer(200, body: #"{"Segments": []}"#))
        // The script knows the paths of one endpoint; the others are given line by line.
        bench.desk.script(
            .open, .answer(200, body: #"{"CrmDataId": "c", "FirstPartyDataId": 1}"#),
            .answer(200, body: #"{"ReferenceId": "r", "Url": "\#(url)"}"#))
        bench.desk.script(.upload, .answer(200))
        let run = try await bench.sync()
        #expect(bench.desk.routes.contains(.upload) == isUsed)
        #expect(run.end == .succeeded || !isUsed)
    }

    @Test func `that is refused for good ends the run`() async throws {
        let bench = try await Bench(audience())
        bench.desk.script(.upload, .answer(400, body: "<Error>EntityTooLarge</Error>"))
        #expect(try await bench.sync().failure == .rejected)
        #expect(bench.desk.routes.count { $0 == .upload } == 1)
    }

    @Test func `whose answer was lost sends the same bytes again`() async throws {
        let bench = try await Bench(audience())
        bench.desk.script(.upload, .doneAndLost)
        #expect(try await bench.sync().end == .succeeded)
        #expect(bench.desk.lists.map(\.body) == [rows(1...20), rows(1...20)])
        #expect(bench.desk.routes.count { $0 == .open } == 1)
    }

    @Test func `names the signed address in no fact`() async throws {
        let bench = try await Bench(audience())
        bench.desk.script(.upload, .answer(403, body: "https://store.test/drop/1?signature=secret"))
        _ = try await bench.sync()
        let text = try bench.facts.map { "\($0)" }.joined()
        #expect(!text.contains("signature") && !text.contains("store.test"))
    }
}
