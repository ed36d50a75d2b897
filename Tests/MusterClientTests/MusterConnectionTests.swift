import MusterClient
import MusterCore
import Testing

@Suite
struct MusterConnectionTests {
    private static let noChange: JSON = [
        "added": 1, "unchanged": 0, "rejected": [], "rejectedCount": 0, "members": 1,
    ]

    @Test func `replies that come out of order find their requests`() async throws {
        let server = try await ScriptedServer.start { _, requests in
            guard requests.count == 2 else { return [] }
            return requests.reversed().map { $0.reply(["run": $0["params"]["run"]]) }
        }
        let muster = try await MusterConnection.connect(path: server.path)
        let first = muster.submit(Request("sync.show", ["run": 1]))
        let second = muster.submit(Request("sync.show", ["run": 2]))
        #expect(try await first.value().result == ["run": 1])
        #expect(try await second.value().result == ["run": 2])
        try await server.close()
    }

    @Test func `requests go out in the order in which they were submitted`() async throws {
        let server = try await ScriptedServer.start { _, requests in
            requests.count < 200 ? [] : requests.map { $0.reply([:]) }
        }
        let muster = try await MusterConnection.connect(path: server.path)
        let pending = (0..<200).map { muster.submit(Request("ping", ["n": .integer($0)])) }
        for reply in pending { _ = try await reply.value() }
        #expect(server.requests == [server.requests[0]])
        #expect(server.requests[0].map { $0["params"]["n"] } == (0..<200).map { .integer($0) })
        try await server.close()
    }

    @Test func `commands that lost their reply go out again in order and as they were`()
        async throws
    {
        let server = try await ScriptedServer.start { connection, requests in
            guard requests.count == 3 else { return [] }
            return connection == 1 ? [.hangUp] : requests.map { $0.reply(Self.noChange) }
        }
        let muster = try await MusterConnection.connect(path: server.path)
        let pending = ["a@x.example", "b@x.example", "c@x.example"].map {
            muster.submit(.addMembers([$0], to: "acme-us"))
        }
        for reply in pending { _ = try await reply.value() }
        let requests = server.requests
        #expect(requests.count == 2)
        #expect(requests[0] == requests[1])
        #expect(requests[0].map { $0["commandId"].string } == pending.map(\.commandId))
        #expect(Set(pending.map(\.commandId)).count == 3)
        try await server.close()
    }

    @Test func `a reply that is lost twice is an error that names the commandId`() async throws {
        let server = try await ScriptedServer.start { _, _ in [.hangUp] }
        let muster = try await MusterConnection.connect(path: server.path)
        await #expect(throws: ClientError.connectionLost(commandId: "c1")) {
            try await muster.addMembers(["a@x.example"], to: "acme-us", commandId: "c1")
        }
        #expect(server.requests.count == 2)
        try await server.close()
    }

    @Test func `what may not be repeated is not`() async throws {
        let server = try await ScriptedServer.start { _, _ in [.hangUp] }
        let muster = try await MusterConnection.connect(path: server.path)
        await #expect(throws: ClientError.connectionLost(commandId: nil)) {
            try await muster.call("later.method")
        }
        #expect(server.requests.count == 1)
        try await server.close()
    }

    @Test func `a connection that ended at rest is made anew for the next call`() async throws {
        let server = try await ScriptedServer.start { connection, requests in
            requests.map { $0.reply([:]) } + (connection == 1 ? [.hangUp] : [])
        }
        let muster = try await MusterConnection.connect(path: server.path)
        try await muster.ping()
        try await muster.ping()
        #expect(server.requests.count == 2)
        try await server.close()
    }

    @Test func `a refusal carries all the daemon says`() async throws {
        let server = try await ScriptedServer.start { _, requests in
            requests.map {
                $0.refusal("version.conflict", kind: "conflict", details: ["actual": 4])
            }
        }
        let muster = try await MusterConnection.connect(path: server.path)
        let error = await #expect(throws: ClientError.self) {
            try await muster.addMembers(["a@x.example"], to: "acme-us", expectedVersion: 3)
        }
        guard case .refused(let refusal) = error else {
            Issue.record("not a refusal")
            return
        }
        #expect(refusal.name == "version.conflict")
        #expect(refusal.details == ["actual": 4])
        #expect(refusal.isRetryable)
        #expect(!refusal.wasApplied)
        #expect(error?.remedy == "a remedy")
        #expect(server.requests[0][0]["expectedVersion"] == 3)
        try await server.close()
    }

    @Test func `a frame that was too large refuses only its own request`() async throws {
        let server = try await ScriptedServer.start { _, requests in
            guard requests.count == 2 else { return [] }
            let length = Int64(requests[0].encoded().count)
            let error: JSON = [
                "name": "frame.too_large", "kind": "frame", "message": "too large",
                "details": ["length": .integer(length), "limit": 10], "retryable": false,
                "applied": "no", "remedy": "",
            ]
            return [.send(["id": .null, "error": error]), requests[1].reply([:])]
        }
        let muster = try await MusterConnection.connect(path: server.path)
        let large = muster.submit(Request("ping", ["more": "than the other"]))
        let small = muster.submit(Request("ping"))
        #expect(try await small.value().result == [:])
        let error = await #expect(throws: ClientError.self) { try await large.value() }
        #expect(error?.message == "too large")
        try await server.close()
    }

    @Test(arguments: [
        Array("HTTP/1.1 200 OK".utf8), [0, 0, 0, 2, 0x7B, 0x20], [0, 0, 0, 2, 0x7B, 0x7D],
    ])
    func `what is not the protocol ends every call that waits`(bytes: [UInt8]) async throws {
        let server = try await ScriptedServer.start { _, _ in [.sendBytes(bytes)] }
        let muster = try await MusterConnection.connect(path: server.path)
        let error = await #expect(throws: ClientError.self) { try await muster.ping() }
        guard case .protocolViolation = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try await server.close()
    }

    @Test func `a reply of nearly sixteen mebibytes is read`() async throws {
        let text = String(repeating: "a", count: 16_000_000)
        let server = try await ScriptedServer.start { _, requests in
            requests.map { $0.reply(["text": .string(text)]) }
        }
        let muster = try await MusterConnection.connect(path: server.path)
        #expect(try await muster.call("status").result == ["text": .string(text)])
        try await server.close()
    }

    @Test func `a request too large for a frame is not sent`() async throws {
        let server = try await ScriptedServer.start { _, _ in [] }
        let muster = try await MusterConnection.connect(path: server.path)
        let member = String(repeating: "a", count: 1 << 24)
        let error = await #expect(throws: ClientError.self) {
            try await muster.addMembers([member], to: "acme-us")
        }
        guard case .requestTooLarge(_, limit: Frame.hardLimit) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try await server.close()
    }

    @Test func `silence ends with the deadline`() async throws {
        let server = try await ScriptedServer.start { _, _ in [] }
        let muster = try await MusterConnection.connect(path: server.path)
        await #expect(throws: ClientError.timedOut(commandId: nil)) {
            try await muster.call("ping", deadline: .milliseconds(20))
        }
        try await server.close()
    }

    @Test(arguments: [
        (Duration.seconds(5), 5000), (.microseconds(5_000_700), 5000),
        (.seconds(1 << 40), 3_600_000),
    ])
    func `the daemon is told the deadline`(deadline: Duration, milliseconds: Int) async throws {
        let server = try await ScriptedServer.start { _, requests in
            requests.map { $0.reply(["deadline": $0["deadlineMs"]]) }
        }
        let muster = try await MusterConnection.connect(path: server.path)
        let reply = try await muster.call("ping", deadline: deadline)
        #expect(reply.result["deadline"] == .integer(milliseconds))
        try await server.close()
    }

    @Test func `closing ends what is under way and what comes after`() async throws {
        let server = try await ScriptedServer.start { _, _ in [] }
        let muster = try await MusterConnection.connect(path: server.path)
        let pending = muster.submit(Request("ping"))
        await muster.close()
        await #expect(throws: ClientError.connectionLost(commandId: nil)) {
            try await pending.value()
        }
        await #expect(throws: ClientError.connectionLost(commandId: nil)) {
            try await muster.ping()
        }
        try await server.close()
    }
}
