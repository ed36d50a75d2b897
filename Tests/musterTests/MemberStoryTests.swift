import MusterClient
import MusterCore
import Testing

@testable import muster

@Suite struct MemberStoryTests {
    /// Someone who came at 7, went at 20 and came back at 30; runs were frozen at 5, 10, 25 and 40.
    private static func story(
        isTruncated: Bool = false, runs: [(position: Int, state: String)]? = nil
    ) async throws -> MemberStory {
        let runs = runs ?? [(40, "succeeded"), (25, "succeeded"), (10, "succeeded"), (5, "failed")]
        let server = try await ScriptedServer.start { _, requests in
            requests.suffix(1).map { request in
                request["method"] == "sync.list"
                    ? request.reply(["runs": .array(runs.map(run))])
                    : request.reply(history(isTruncated: isTruncated))
            }
        }
        let muster = try await MusterConnection.connect(path: server.path)
        let story = MemberStory(
            instance: "acme-us", history: try await muster.memberHistory(of: "x", in: "acme-us"),
            runs: try await muster.runs(of: "acme-us"), userName: { $0 == 5 ? "jane" : nil })
        await muster.close()
        try await server.close()
        return story
    }

    private static func history(isTruncated: Bool) -> JSON {
        [
            "member": true,
            "history": [
                [
                    "position": 30, "at": "2026-11-25T03:00:00.000Z", "event": "membersAdded",
                    "actor": ["uid": 6, "gid": 6, "pid": 66], "members": 1,
                ],
                [
                    "position": 20, "at": "2026-11-24T03:00:00.000Z", "event": "instanceRetired",
                    "actor": "daemon", "members": 2,
                ],
                [
                    "position": 7, "at": "2026-11-23T03:00:00.000Z", "event": "membersAdded",
                    "actor": ["uid": 5, "gid": 5, "pid": 55], "members": 998,
                    "commandId": "2k9x0w7c1zq4d-3",
                ],
            ],
            "truncated": .bool(isTruncated),
        ]
    }

    private static func run(_ run: (position: Int, state: String)) -> JSON {
        [
            "run": .integer(Int64(run.position + 1)), "instance": "acme-us",
            "state": .string(run.state), "position": .integer(Int64(run.position)),
            "count": 998, "endedAt": "2026-11-26T03:00:00.000Z",
        ]
    }

    @Test func `who came and went, by whom and by which command, is told in order`() async throws {
        let expected = """
            They are in acme-us.
            2026-11-23 03:00:00 UTC: they came in by member.add, with 997 others, asked for by \
            jane (uid 5, gid 5, pid 55) (event 7, command 2k9x0w7c1zq4d-3 of import \
            2k9x0w7c1zq4d).
            2026-11-24 03:00:00 UTC: everybody went out by instance.retire, with 1 other, asked \
            for by the daemon (event 20).
            2026-11-25 03:00:00 UTC: they came in by member.add, alone, asked for by uid 6, gid 6, \
            pid 66 (event 30).
            The last upload, run 41 of 2026-11-26 03:00:00 UTC, held them.
            2 uploads held them:

            """
        let text = try await Self.story().text
        #expect(text.hasPrefix(expected), "\(text)")
    }

    @Test(arguments: [
        ([40, 5], "held them; no earlier one that is remembered did."),
        ([25, 5], "did not hold them, and no earlier one that is remembered did. An upload"),
        ([25, 10], "did not hold them. An upload replaces the whole list.\n1 upload held them:"),
    ])
    func `what the last upload held is told once`(frozen: [Int], words: String) async throws {
        let text = try await Self.story(runs: frozen.map { ($0, "succeeded") }).text
        let last = "The last upload, run \(frozen[0] + 1) of 2026-11-26 03:00:00 UTC, "
        #expect(text.contains(last + words))
    }

    @Test(arguments: [(6, false), (7, true), (19, true), (20, false), (29, false), (30, true)])
    func `whoever had come last and not gone was held`(position: Int, isHeld: Bool) async throws {
        #expect(try await Self.story().held(at: position) == isHeld)
    }

    @Test func `what was before the events that are told is not known`() async throws {
        let story = try await Self.story(isTruncated: true)
        #expect(story.held(at: 6) == nil && story.held(at: 7) == true)
    }

    @Test func `only uploads that were made held anybody`() async throws {
        let told = try await Self.story().json
        #expect(told["uploads"]?.array?.map { $0["run"] } == [41, 11])
        #expect(told["lastUpload"] == ["run": 41, "held": true])
        let failed = try await Self.story(runs: [(40, "failed"), (35, "running")])
        #expect(failed.json["uploads"] == [] && failed.json["underWay"] == 36)
        #expect(failed.text.contains("No list was sent yet."))
        #expect(failed.text.contains("Run 36 is sending a list with them in it now."))
    }
}
