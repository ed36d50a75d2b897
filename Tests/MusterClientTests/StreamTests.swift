import MusterClient
import MusterCore
import Testing

@Suite(.timeLimit(.minutes(1)))
struct StreamTests {
    private static func event(_ position: Int64, _ type: String = "membersAdded") -> JSON {
        [
            "position": .integer(position), "at": "2026-11-23T03:00:00.000Z",
            "type": .string(type), "instance": "acme-us", "members": 2,
        ]
    }

    /// A server that answers each stream's request with these steps, on every connection.
    private static func serving(
        _ steps: @escaping @Sendable (JSON) -> [ScriptedServer.Step]
    ) async throws -> (server: ScriptedServer, muster: MusterConnection) {
        let server = try await ScriptedServer.start { _, requests in
            requests.last.map(steps) ?? []
        }
        return (server, try await MusterConnection.connect(path: server.path))
    }

    @Test func `events come one by one, and the stream ends with its last reply`() async throws {
        let (server, muster) = try await Self.serving { request in
            [
                request.more(["events": [Self.event(3), Self.event(4)]], position: 4),
                request.reply(["caughtUp": 4], position: 4),
            ]
        }
        var found: [LogTailElement] = []
        for try await element in muster.log(from: .position(3), types: ["membersAdded"]) {
            found.append(element)
        }
        #expect(found.count == 3)
        guard case .event(let first) = found.first else {
            Issue.record("no event")
            return
        }
        #expect(first.position == 3)
        #expect(first.instance == "acme-us")
        #expect(first.json["members"] == 2)
        #expect(found.last == .caughtUp(position: 4))
        let request = try #require(server.requests.flatMap { $0 }.first)
        #expect(request["method"] == "log.tail")
        #expect(request["more"] == true)
        #expect(request["params"] == ["from": 3, "types": ["membersAdded"]])
        try await server.close()
    }

    @Test func `an end in the middle says from which position to go on`() async throws {
        let (server, muster) = try await Self.serving { request in
            [request.more(["events": [Self.event(3)]], position: 9), .hangUp]
        }
        var count = 0
        let error = await #expect(throws: ClientError.self) {
            for try await _ in muster.log(from: .position(3), follow: true) { count += 1 }
        }
        #expect(count == 1)
        #expect(error == .streamEnded(commandId: nil, resumeFrom: 10))
        #expect(server.requests.flatMap { $0 }.count == 1)
        try await server.close()
    }

    @Test func `a stream that ends before its first reply is asked for once more`() async throws {
        let (server, muster) = try await Self.serving { _ in [.hangUp] }
        let error = await #expect(throws: ClientError.self) {
            for try await _ in muster.sync("acme-us", commandId: "c1") {}
        }
        #expect(error == .streamEnded(commandId: "c1", resumeFrom: nil))
        let requests = server.requests.flatMap { $0 }
        #expect(requests.map { $0["commandId"] } == ["c1", "c1"])
        try await server.close()
    }

    @Test func `a refusal ends the stream with all the daemon says`() async throws {
        let (server, muster) = try await Self.serving { request in
            [
                request.more(["heartbeat": 5], position: 5),
                request.refusal(
                    "stream.lagged", kind: "unavailable", details: ["resumeFrom": 6]),
            ]
        }
        var found: [LogTailElement] = []
        let error = await #expect(throws: ClientError.self) {
            for try await element in muster.log(follow: true) { found.append(element) }
        }
        #expect(found == [.heartbeat(position: 5)])
        guard case .refused(let refusal) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(refusal.details["resumeFrom"] == 6)
        try await server.close()
    }

    @Test func `a sync tells its run, its changes and its end`() async throws {
        let run: JSON = ["run": 5, "instance": "acme-us", "state": "running", "step": "upload"]
        let ended: JSON = ["run": 5, "instance": "acme-us", "state": "succeeded"]
        let (server, muster) = try await Self.serving { request in
            [request.more(["run": 5]), request.more(run), request.reply(ended)]
        }
        var found: [RunProgress] = []
        for try await progress in muster.sync("acme-us") { found.append(progress) }
        #expect(found.first == .requested(run: 5))
        guard found.count == 3, case .changed(let changed) = found[1],
            case .ended(let end) = found[2]
        else {
            Issue.record("\(found.count) elements")
            return
        }
        #expect(changed.step == "upload")
        #expect(end.state == .succeeded)
        try await server.close()
    }

    @Test func `the digests of members come in parts`() async throws {
        let (server, muster) = try await Self.serving { request in
            [
                request.more(["members": ["aa"], "next": "aa", "count": 2]),
                request.reply(["members": ["bb"], "next": .null, "count": 2]),
            ]
        }
        var found: [String] = []
        for try await page in muster.members(of: "acme-us") { found += page.members }
        #expect(found == ["aa", "bb"])
        try await server.close()
    }

    @Test func `leaving the loop closes the connection of the stream only`() async throws {
        let (server, muster) = try await Self.serving { request in
            request["method"] == "ping"
                ? [request.reply([:])] : [request.more(["heartbeat": 5], position: 5)]
        }
        for try await _ in muster.log(follow: true) { break }
        try await muster.ping()
        try await until { server.openConnections <= 1 }
        try await server.close()
    }

    @Test func `a cancelled task ends its stream without an error`() async throws {
        let (server, muster) = try await Self.serving { request in
            [request.more(["heartbeat": 5], position: 5)]
        }
        let task = Task {
            var count = 0
            for try await _ in muster.log(follow: true) { count += 1 }
            return count
        }
        try await until { !server.requests.joined().isEmpty }
        task.cancel()
        #expect(try await task.value <= 1)
        try await until { server.openConnections <= 1 }
        try await server.close()
    }

    @Test func `what nobody asks for stays with the daemon`() async throws {
        let text = JSON.string(String(repeating: "a", count: 50_000))
        let (server, muster) = try await Self.serving { request in
            guard request["method"] != "ping" else { return [request.reply([:])] }
            return (1...40).map { number in
                request.more(
                    ["heartbeat": .integer(Int64(number)), "filler": text], position: Int64(number))
            } + [request.reply(["caughtUp": 40], position: 40)]
        }
        var elements = muster.log(follow: false).makeAsyncIterator()
        var first: LogTailElement?
        for _ in 0..<3 {
            first = try await elements.next()
            // All of it has been offered to the client.
            try await until { server.writtenBytes >= 2_000_000 }
            for _ in 0..<5 { try await muster.ping() }
            #expect(server.unsentBytes > 1_000_000)
        }
        #expect(first == .heartbeat(position: 3))
        while let element = try await elements.next() { first = element }
        #expect(first == .caughtUp(position: 40))
        #expect(try await elements.next() == nil)
        try await server.close()
    }

    @Test func `a page says where the next begins`() async throws {
        let (server, muster) = try await Self.serving { request in
            [request.reply(["events": [Self.event(1)], "next": 2], position: 8)]
        }
        let page = try await muster.logPage()
        #expect(page.events.map(\.position) == [1])
        #expect(page.next == 2)
        #expect(page.position == 8)
        try await server.close()
    }
}

extension JSON {
    /// A reply to this request with more to come.
    fileprivate func more(_ result: JSON, position: Int64 = 7) -> ScriptedServer.Step {
        .send([
            "id": self["id"], "result": result, "position": .integer(position),
            "continues": true,
        ])
    }
}
