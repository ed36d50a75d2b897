import MusterClient
import MusterCore
import Testing

@testable import muster

@Suite struct VerbWordsTests {
    /// The failure that a refusal of the daemon's becomes.
    private static func failure(_ rejection: Rejection) async throws -> Failure {
        let server = try await ScriptedServer.start { _, requests in
            requests.suffix(1).map { request in
                let refusal = MusterCore.Reply.refusal(nil, rejection)
                return .send(["id": request["id"], "error": refusal["error"]])
            }
        }
        let muster = try await MusterConnection.connect(path: server.path)
        var failure: Failure?
        do throws(ClientError) {
            _ = try await muster.call("status")
        } catch {
            failure = Failure(error)
        }
        await muster.close()
        try await server.close()
        return try #require(failure)
    }

    @Test(arguments: [
        ("/params/advertiserId", "--advertiser-id is wrong"),
        ("/params/schedule/dailyAt", "--daily-at is wrong"),
        ("/params/guard/shrinkPercent", "--shrink-percent is wrong"),
        ("/params/instance", "the audience's name is wrong"),
        ("/params/other", "the value at /params/other is wrong"),
    ])
    func `a parameter is told as its option`(pointer: String, message: String) async throws {
        let failure = try await Self.failure(.paramsInvalid(pointer: pointer, rule: "is wrong"))
        #expect(failure.message == message)
        #expect(failure.remedy == "See what it takes with --help.")
    }

    @Test(arguments: [
        Rejection.instanceUnknown, .runUnknown, .versionConflict(expected: 1, actual: 2),
        .instanceCountChanged(expected: 1, actual: 2), .syncRunning(7),
        .syncTooSoon(secondsLeft: 60), .syncCountChanged(expected: 1, actual: 2), .syncNotHeld(7),
        .methodUnknown, .serverStopping,
    ])
    func `no message and no remedy speaks of a method`(rejection: Rejection) async throws {
        let failure = try await Self.failure(rejection)
        let words = failure.lines.joined(separator: " ")
        let methods = ["instance.", "sync.", "member.", "again: true", "proto-docs"]
        #expect(methods.allSatisfy { !words.contains($0) }, "\(words)")
        #expect(failure.lines.first?.hasSuffix(".") == false)
    }

    @Test func `what is left of an hour is told in minutes`() async throws {
        #expect(
            try await Self.failure(.syncTooSoon(secondsLeft: 3540)).message
                == "this audience was uploaded within the hour; it can be sent again in 59 minutes")
    }

    @Test(arguments: [
        ("There is no instance of this name.", "there is no instance of this name"),
        ("A frame was announced.", "a frame was announced"),
        ("MARK cannot be used: it is short.", "MARK cannot be used: it is short"),
        ("The Trade Desk refused it.", "The Trade Desk refused it"),
        (
            "log/1.seg is damaged. Nothing was changed.",
            "log/1.seg is damaged. Nothing was changed."
        ),
    ])
    func `a sentence goes on after the program's name`(sentence: String, message: String) {
        #expect(sentence.asMessage == message)
    }

    @Test(arguments: [
        "held", "failed", "skipped", "unsent", "schedule", "zone", "upload",
    ])
    func `what needs attention names a verb with the audience's name`(what: String) {
        let row: JSONValue = [
            "what": .string(what), "instance": "spring", "run": 21, "remedy": "x",
        ]
        #expect(row.remedyInVerbs.contains("muster "))
        #expect(row.remedyInVerbs.contains("spring") || row.remedyInVerbs.contains("21"))
    }
}
