import MusterClient
import MusterCore
import Testing

@testable import muster

@Suite
struct ImporterTests {
    /// Imports rows against a server that answers each command by `answer`.
    private static func imported(
        _ rows: [InputRow], isAtomic: Bool = false,
        _ answer: @escaping @Sendable (JSON) -> ScriptedServer.Step
    ) async throws -> (report: ImportReport, requests: [JSON]) {
        let server = try await ScriptedServer.start { _, requests in
            requests.suffix(1).map(answer)
        }
        var importer = Importer(
            "acme-us", isAtomic: isAtomic, report: ImportReport(place: "line", mostListed: 2),
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
    private static func taking(_ request: JSON) -> ScriptedServer.Step {
        let members = request["params"]["members"].array ?? []
        let rejected = members.indices.filter { members[$0].string?.contains("@") == false }
        let name = request["method"] == "member.add" ? "added" : "removed"
        return request.reply(
            .object(
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
                ])))
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
        #expect(report.lastRow == 2500)
    }

    @Test func `runs of additions and removals keep their order`() async throws {
        let rows = [Self.add(1), Self.add(2), Self.remove(3), Self.add(4)]
        let (report, requests) = try await Self.imported(rows) { Self.taking($0) }
        #expect(requests.map { $0["method"] } == ["member.add", "member.remove", "member.add"])
        #expect(requests.map { $0["params"]["members"].array?.count } == [2, 1, 1])
        #expect(report.added == 3)
        #expect(report.removed == 1)
    }

    @Test func `who is under way in one direction is not sent in the other`() async throws {
        let (five, signal) = AsyncStream.makeStream(of: Void.self)
        let server = try await ScriptedServer.start { _, requests in
            let pings = requests.filter { $0["method"] == "ping" }
            if requests.count == 5 { signal.yield() }
            switch requests.count {
            case 6 where pings.count == 1: return requests.dropFirst().map { Self.taking($0) }
            case 2...6: return []
            default: return requests.suffix(1).map { Self.taking($0) }
            }
        }
        let muster = try await MusterConnection.connect(path: server.path)
        let rows = [
            Self.add(1), Self.remove(2), Self.add(3), Self.remove(4), Self.add(5), Self.remove(3),
        ]
        async let report = Self.report(of: rows, over: muster)
        for await _ in five { break }
        try await muster.ping()
        #expect(try await report.removed == 3)
        #expect(
            server.requests[0].map { $0["method"].string } == [
                "member.add", "member.remove", "member.add", "member.remove", "member.add", "ping",
                "member.remove",
            ])
        try await server.close()
    }

    private static func report(
        of rows: [InputRow], over muster: MusterConnection
    ) async throws -> ImportReport {
        var importer = Importer(
            "acme-us", isAtomic: false, report: ImportReport(place: "line", mostListed: 0),
            over: muster)
        try await importer.take(rows)
        try await importer.finish()
        return importer.report
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
