import MusterClient
import MusterCore
import Testing

@Suite
struct TypedCallTests {
    /// A connection to a server that gives this result to everything.
    private static func answering(
        _ result: JSON
    ) async throws -> (server: ScriptedServer, muster: MusterConnection) {
        let server = try await ScriptedServer.start { _, requests in
            requests.suffix(1).map { $0.reply(result) }
        }
        return (server, try await MusterConnection.connect(path: server.path))
    }

    @Test func `adding says what was added and what was not`() async throws {
        let (server, muster) = try await Self.answering([
            "added": 1, "unchanged": 2, "rejected": [["index": 3, "reason": "noAt"]],
            "rejectedCount": 1, "members": 9,
        ])
        let change = try await muster.addMembers(
            ["a@x.example", "nobody"], to: "acme-us", atomic: true, commandId: "c1")
        #expect(change.changed == 1)
        #expect(change.unchanged == 2)
        #expect(change.rejected.map(\.index) == [3])
        #expect(change.rejected.map(\.reason) == ["noAt"])
        #expect(change.members == 9)
        #expect(change.reply.position == 7)
        #expect(change.reply.commandId == "c1")
        let request = server.requests[0][0]
        #expect(request["method"] == "member.add")
        #expect(
            request["params"] == [
                "instance": "acme-us", "members": ["a@x.example", "nobody"], "atomic": true,
            ])
        try await server.close()
    }

    @Test func `removing reads its own count`() async throws {
        let (server, muster) = try await Self.answering([
            "removed": 4, "unchanged": 0, "rejected": [], "rejectedCount": 0, "members": 5,
        ])
        #expect(try await muster.removeMembers(["a@x.example"], from: "acme-us").changed == 4)
        #expect(server.requests[0][0]["method"] == "member.remove")
        try await server.close()
    }

    @Test func `an answer that lacks something names the place`() async throws {
        let (server, muster) = try await Self.answering(["removed": 4])
        await #expect(throws: ClientError.protocolViolation("/unchanged is missing")) {
            try await muster.removeMembers(["a@x.example"], from: "acme-us")
        }
        try await server.close()
    }

    @Test func `configuring names what changes and nothing else`() async throws {
        let (server, muster) = try await Self.answering([
            "created": false, "changed": ["schedule"],
        ])
        var settings = Configuration()
        settings.schedule = .set(Schedule(dailyAt: "03:00", timeZone: "Europe/Berlin"))
        settings.externalAudienceId = .cleared
        settings.guardrails.shrinkPercent = 30
        let change = try await muster.configure("acme-us", settings, expectedVersion: 2)
        #expect(!change.created)
        #expect(change.changed == ["schedule"])
        #expect(
            server.requests[0][0]["params"] == [
                "instance": "acme-us", "externalAudienceId": .null,
                "schedule": ["dailyAt": "03:00", "timeZone": "Europe/Berlin"],
                "guard": ["shrinkPercent": 30],
            ])
        try await server.close()
    }

    @Test func `a run is read with what it lacks as nil`() async throws {
        let (server, muster) = try await Self.answering([
            "run": 12, "instance": "acme-us", "state": "held", "reason": "shrink", "class": .null,
            "count": 10, "somethingNew": 1,
        ])
        let run = try await muster.run(12)
        #expect(run.id == 12)
        #expect(run.state == .held)
        #expect(run.reason == "shrink")
        #expect(run.failureClass == nil)
        #expect(run.count == 10)
        #expect(run.json["somethingNew"] == 1)
        try await server.close()
    }

    @Test func `syncing now names the approval`() async throws {
        let (server, muster) = try await Self.answering(["run": 40])
        let run = try await muster.syncNow(
            "acme-us", approving: Approval(run: 12, count: 10))
        #expect(run == 40)
        #expect(
            server.requests[0][0]["params"] == [
                "instance": "acme-us", "approve": ["run": 12, "count": 10],
            ])
        try await server.close()
    }

    @Test func `retiring names the size, and reads the segment that stays`() async throws {
        let (server, muster) = try await Self.answering([
            "instance": "acme-us", "removed": 204, "retentionDays": 180,
            "segment": ["crmDataId": "one", "firstPartyDataId": .null, "origin": "found"],
        ])
        let retired = try await muster.retire("acme-us", expectCount: 204, commandId: "c1")
        #expect(retired.removed == 204 && retired.retentionDays == 180)
        #expect(retired.segment?.crmDataId == "one")
        let request = server.requests[0][0]
        #expect(request["method"] == "instance.retire")
        #expect(request["params"] == ["instance": "acme-us", "expectCount": 204])
        try await server.close()
    }

    @Test func `a check is read with its problem`() async throws {
        let (server, muster) = try await Self.answering([
            "token": "refused", "advertiser": "unknown", "segment": "unknown",
            "tokenDaysLeft": -1, "requestId": .null,
            "problem": ["what": "token", "message": "m", "remedy": "r"],
        ])
        let check = try await muster.check("acme-us")
        #expect(check.token == "refused" && check.tokenDaysLeft == -1)
        #expect(check.problem?.what == "token" && check.problem?.remedy == "r")
        #expect(server.requests[0][0]["method"] == "instance.check")
        try await server.close()
    }

    @Test func `a history is read with the daemon as nobody`() async throws {
        let (server, muster) = try await Self.answering([
            "member": false,
            "history": [
                ["position": 9, "at": "t2", "event": "membersRemoved", "actor": "daemon"],
                [
                    "position": 7, "at": "t1", "event": "membersAdded",
                    "actor": ["uid": 1, "gid": 2, "pid": 3], "members": 5, "commandId": "k-1",
                ],
            ],
            "truncated": true,
        ])
        let history = try await muster.memberHistory(of: "a@x.example", in: "acme-us")
        #expect(!history.isMember && history.isTruncated)
        #expect(history.events.map(\.position) == [9, 7])
        #expect(history.events.map(\.event) == ["membersRemoved", "membersAdded"])
        #expect(history.events[0].actor == nil && history.events[0].members == nil)
        #expect(history.events[1].members == 5 && history.events[1].commandId == "k-1")
        #expect(history.events[1].actor == MemberHistory.Actor(uid: 1, gid: 2, pid: 3))
        #expect(
            server.requests[0][0]["params"] == [
                "instance": "acme-us", "member": "a@x.example", "history": true,
            ])
        #expect(server.requests[0][0]["commandId"] == .null)
        try await server.close()
    }

    @Test func `looking someone up is a query without a commandId`() async throws {
        let (server, muster) = try await Self.answering(["member": true])
        #expect(try await muster.isMember("a@x.example", of: "acme-us"))
        #expect(server.requests[0][0]["commandId"] == .null)
        try await server.close()
    }
}
