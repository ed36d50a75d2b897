import MusterCore
import Testing

@testable import musterd

@Suite(.timeLimit(.minutes(1))) struct `A run and its credential` {
    static let dead = ScriptedTransport.Line.answer(
        403,
        body:
            #"{"Message": "The supplied auth token is not valid or has expired. Please obtain one."}"#
    )

    @Test(arguments: [
        ("list", dead), ("create", dead), ("open", dead), ("list", .answer(401)),
    ])
    func `is held by a dead token, with the token's fingerprint`(
        route: String, line: ScriptedTransport.Line
    ) async throws {
        let bench = try await Bench(audience())
        let routes: [String: ScriptedTransport.Route] = [
            "list": .list, "create": .create, "open": .open,
        ]
        bench.desk.script(try #require(routes[route]), line)
        let run = try await bench.sync()
        #expect(run.hold?.reason == .credential)
        #expect(run.hold?.tokenFingerprint == Token("first-token".utf8).fingerprint)
        #expect(bench.desk.routes.last == routes[route])
        #expect(bench.desk.lists.isEmpty)
    }

    @Test func `is held while the file is missing, before anything is frozen`() async throws {
        let bench = try await Bench(audience())
        try bench.scratch.remove("credentials/ttd-token")
        let run = try await bench.sync()
        #expect(run.hold?.reason == .credential)
        #expect(run.hold?.tokenFingerprint == nil)
        #expect(run.frozen == nil)
        #expect(bench.desk.calls.isEmpty)
        try bench.scratch.credential("second\nendpoint \(ScriptedTransport.api)\n")
        #expect(try await bench.sync().end == .succeeded)
    }

    @Test func `is held by a file that is no credential`() async throws {
        let bench = try await Bench(audience())
        try bench.scratch.credential("first-token\nhttp://x\n")
        let run = try await bench.sync()
        #expect(run.hold?.reason == .credential)
        #expect(run.hold?.detail.contains("line 2") == true)
        #expect(run.hold?.detail.contains("first-token") == false)
    }

    @Test func `is held when the file names another endpoint than the frozen one`() async throws {
        let bench = try await Bench(audience())
        let id = try await bench.request()
        try await bench.interrupt(id, at: .list)
        try bench.scratch.credential("first-token\nendpoint https://elsewhere.test/v3\n")
        let before = bench.desk.calls.count
        let run = try await bench.carry(id)
        #expect(run.hold?.reason == .credential)
        #expect(run.hold?.tokenFingerprint == Token("first-token".utf8).fingerprint)
        #expect(bench.desk.calls.count == before)
    }

    @Test func `is held when the segment is known at another endpoint`() async throws {
        let bench = try await Bench(audience())
        _ = try await bench.sync()
        try bench.scratch.credential("first-token\nendpoint https://elsewhere.test/v3\n")
        let before = bench.desk.calls.count
        #expect(try await bench.sync(#", "again": true"#).hold?.reason == .credential)
        #expect(bench.desk.calls.count == before)
    }

    @Test func `sends the token of the file as it is now`() async throws {
        let bench = try await Bench(audience())
        _ = try await bench.sync()
        try bench.scratch.credential("second-token\nendpoint \(ScriptedTransport.api)\n")
        _ = try await bench.sync(#", "again": true"#)
        #expect(bench.desk.calls.suffix(2).map(\.token) == ["second-token", nil])
    }

    @Test func `uses the credential that the instance names`() async throws {
        let bench = try await Bench(audience { $0.credential = "other" })
        try bench.scratch.credential("other-token\nendpoint \(ScriptedTransport.api)\n", "other")
        #expect(try await bench.sync().end == .succeeded)
        #expect(
            bench.desk.calls.compactMap(\.token) == ["other-token", "other-token", "other-token"])
    }
}
