import MusterCore
import Testing

@testable import MusterClient
@testable import muster

@Suite
struct ImporterTests {
    /// Imports rows against a server that answers each command by `answer`.
    private static func imported(
        _ rows: [InputRow], isAtomic: Bool = false, isOrdered: Bool = false,
        resuming trace: ImportTrace? = nil,
        _ answer: @escaping @Sendable (JSON) -> ScriptedServer.Step
    ) async throws -> (report: ImportReport, requests: [JSON]) {
        let server = try await ScriptedServer.start { _, requests in
            requests.suffix(1).map(answer)
        }
        var importer = Importer(
            "acme-us", id: "abc", isAtomic: isAtomic, isOrdered: isOrdered, resuming: trace,
            report: ImportReport(place: "line", mostListed: 2),
            over: try await MusterConnection.connect(path: server.path))
        do {
            try await importer.take(rows)
            try await importer.finish()
        } catch {
            try await server.close()
            throw error
        }
        try await server.close()
        return (importer.report, server.requests[0])
    }

    /// All members taken, but those that hold no `@`.
    private static func taking(_ request: JSON, isReplayed: Bool = false) -> ScriptedServer.Step {
        let members = request["params"]["members"].array ?? []
        let rejected = members.indices.filter { members[$0].string?.contains("@") == false }
        let name = request["method"] == "member.add" ? "added" : "removed"
        let result = JSON.object(
            JSONObject([
                (name: name, value: .integer(Int64(members.count - rejected.count))),
                (name: "unchanged", value: 0),
                (
                    name: "rejected",
                    value: .array(
                        rejected.map { ["index": .integer(Int64($0)), "reason": "notAHash"] })
                ),
                (name: "rejectedCount", value: .integer(Int64(rejected.count))),
                (name: "members", value: 42),
            ]))
        return isReplayed
            ? .send(["id": request["id"], "result": result, "position": 7, "replayed": true])
            : request.reply(result)
    }

    private static func add(_ line: Int, _ member: String? = nil) -> InputRow {
        InputRow(line: line, content: .change(.add, member: member ?? "m\(line)@x.example"))
    }

    private static func remove(_ line: Int) -> InputRow {
        InputRow(line: line, content: .change(.remove, member: "m\(line)@x.example"))
    }

    @Test func `rows go out in commands of a thousand with ids of their own`() async throws {
        let (report, requests) = try await Self.imported((1...2500).map { Self.add($0) }) {
            Self.taking($0)
        }
        #expect(requests.map { $0["params"]["members"].array?.count } == [1000, 1000, 500])
        #expect(Set(requests.map { $0["commandId"].string }).count == 3)
        #expect(report.added == 2500)
        #expect(report.members == 42)
        #expect(report.lastRow == InputRow.Place(file: 0, line: 2500))
    }

    @Test func `people of both directions go out in one command each`() async throws {
        let rows = [Self.add(1), Self.add(2), Self.remove(3), Self.add(4)]
        let (report, requests) = try await Self.imported(rows, isOrdered: true) { Self.taking($0) }
        #expect(requests.map { $0["method"] } == ["member.add", "member.remove"])
        #expect(requests.map { $0["params"]["members"].array?.count } == [3, 1])
        #expect(report.added == 3)
        #expect(report.removed == 1)
    }

    @Test func `one person's changes keep their order, whoever spells them how`() async throws {
        let again = InputRow(line: 4, content: .change(.add, member: " M3@x.example"))
        let rows = [Self.add(1), Self.remove(1), Self.remove(3), again, Self.add(5)]
        let (_, requests) = try await Self.imported(rows, isOrdered: true) { Self.taking($0) }
        #expect(
            requests.map { $0["method"] } == ["member.add", "member.remove", "member.add"])
        #expect(requests.map { $0["params"]["members"].array?.count } == [1, 2, 2])
    }

    @Test func `of an ordered input one command is under way at a time`() async throws {
        let server = try await ScriptedServer.start { _, requests in
            requests.last?["method"] == "ping" ? requests.suffix(1).map { $0.reply([:]) } : []
        }
        let muster = try await MusterConnection.connect(path: server.path)
        let rows = (1...2001).map { Self.add($0) }
        async let report = Self.report(of: rows, over: muster)
        try await until { server.requests.first?.count == 1 }
        try await muster.ping()
        #expect(server.requests[0].map { $0["method"].string } == ["member.add", "ping"])
        try await server.close()
        await muster.close()
        do {
            _ = try await report
            Issue.record("nothing was answered, and it ended well")
        } catch is ClientError {}
    }

    private static func report(
        of rows: [InputRow], over muster: MusterConnection
    ) async throws -> ImportReport {
        var importer = Importer(
            "acme-us", isOrdered: true, report: ImportReport(place: "line", mostListed: 0),
            over: muster)
        try await importer.take(rows)
        try await importer.finish()
        return importer.report
    }

    /// What the log has of an import `abc` whose commands of these numbers changed something.
    private static func trace(_ numbers: [Int]) -> ImportTrace {
        var trace = ImportTrace()
        for number in numbers {
            trace.add(event("membersAdded", "abc-\(number)", members: 1000), of: "abc")
        }
        return trace
    }

    private static func event(_ type: String, _ id: String, members: Int) -> LogEvent {
        LogEvent(
            position: 1, at: "", type: type, instance: "acme-us", run: nil,
            json: ["commandId": .string(id), "members": .integer(members)])
    }

    @Test func `an import that goes on sends the same commands, and counts what was taken`()
        async throws
    {
        let rows = (1...2500).map { Self.add($0) }
        let (report, requests) = try await Self.imported(rows, resuming: Self.trace([1])) {
            $0["commandId"] == "abc-1" ? Self.taking($0, isReplayed: true) : Self.taking($0)
        }
        #expect(requests.map { $0["commandId"] } == ["abc-1", "abc-2", "abc-3"])
        #expect(report.added == 2500)
        #expect(report.replayed == 1000)
    }

    @Test func `a command of both directions that had changed nothing is not decided again`()
        async throws
    {
        let rows = (1...3500).map { Self.add($0) }
        let (report, requests) = try await Self.imported(
            rows, isOrdered: true, resuming: Self.trace([1, 3])
        ) { Self.taking($0, isReplayed: $0["commandId"] != "abc-4") }
        #expect(requests.map { $0["commandId"] } == ["abc-1", "abc-3", "abc-4"])
        #expect(report.unchanged == 1000)
        #expect(report.replayed == 3000)
    }

    @Test func `of another input nothing is taken where the first command is refused`()
        async throws
    {
        let server = try await ScriptedServer.start { _, requests in
            requests.suffix(1).map { $0.refusal("command.id_reused", kind: "conflict") }
        }
        var importer = Importer(
            "acme-us", id: "abc", resuming: Self.trace([1, 2]),
            report: ImportReport(place: "line", mostListed: 0),
            over: try await MusterConnection.connect(path: server.path))
        let rows = (1...3500).map { Self.add($0) }
        await #expect(throws: ClientError.self) { try await importer.take(rows) }
        await importer.abandon()
        #expect(server.requests[0].map { $0["commandId"] } == ["abc-1", "abc-2"])
        try await server.close()
    }

    @Test func `an import that the daemon has forgotten is not gone on with`() async throws {
        let failure = await #expect(throws: Failure.self) {
            try await Self.imported([Self.add(1)], resuming: Self.trace([1])) { Self.taking($0) }
        }
        #expect(failure?.status == .conflict)
    }

    @Test func `the log's events tell what became of an import`() {
        var trace = Self.trace([1, 2])
        trace.add(Self.event("membersRemoved", "abc-out-7", members: 3), of: "abc")
        trace.add(Self.event("membersAdded", "abcd-9", members: 9), of: "abc")
        trace.add(Self.event("membersAdded", "abc", members: 9), of: "abc")
        #expect((trace.added, trace.removed, trace.commands) == (2000, 3, 3))
        #expect(trace.taken == [1, 2])
        #expect(trace.lastRemoval == 7)
    }

    @Test func `what is rejected is reported by its line and never by itself`() async throws {
        var rows = (1...1005).map { Self.add($0) }
        rows[2] = Self.add(3, "nobody")
        rows[1002] = Self.add(1003, "nobody")
        rows[1003] = InputRow(line: 1004, content: .rejected(.notText))
        let (report, _) = try await Self.imported(rows) { Self.taking($0) }
        #expect(report.rejected == 3)
        #expect(report.added == 1002)
        let text = report.text("acme-us")
        #expect(
            text.hasPrefix("acme-us: 1,002 added, 0 unchanged, 3 rejected; 42 members now\n"))
        #expect(text.contains("\nline 3: notAHash\n"))
        #expect(text.hasSuffix("\nand 1 more; --rejects lists as many as you name"))
        #expect(!text.contains("nobody"))
    }

    @Test func `an atomic import is one command, or none with a row that is no member`()
        async throws
    {
        let (_, requests) = try await Self.imported((1...1500).map { Self.add($0) }, isAtomic: true)
        {
            Self.taking($0)
        }
        #expect(requests.count == 1)
        #expect(requests[0]["params"]["atomic"] == true)
        let rows = [Self.add(1), InputRow(line: 2, content: .rejected(.notText))]
        await #expect(throws: Failure.misuse("some rows are no members")) {
            try await Self.imported(rows, isAtomic: true) { Self.taking($0) }
        }
    }

    @Test func `a refusal ends the import`() async throws {
        let error = await #expect(throws: ClientError.self) {
            try await Self.imported([Self.add(1)]) {
                $0.refusal("instance.unknown", kind: "unknown")
            }
        }
        #expect(error.map { ExitStatus($0) } == .unknown)
    }
}
