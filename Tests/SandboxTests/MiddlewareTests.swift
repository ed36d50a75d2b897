import HTTPTypes
import Hummingbird
import HummingbirdTesting
import MusterCore
import Testing

@testable import ttd_sandbox

@Suite struct MiddlewareTests {
    private static let list = "/v3/crmdata/segment/cxpowqgj"

    @Test func `rules strike in order, each as often as it says`() async throws {
        let faults = [
            "GET /v3/crmdata/segment/*$ 2 429:0.5", "GET / 1 pass", "GET / 1 dead-token",
            "GET / 1 302:http://x/", "POST / always 500",
        ]
        try await Desk.open(faults: faults) { desk in
            var answers: [TestResponse] = []
            for _ in 0..<6 { answers.append(try await desk.send(.get, Self.list)) }
            #expect(answers.map(\.status.code) == [429, 429, 200, 403, 302, 200])
            #expect(answers[0].headers[.retryAfter] == "0.5")
            #expect(answers[3].text.contains(TradeDesk.deadTokenMessage))
            #expect(answers[4].headers[.location] == "http://x/")
            #expect(try await desk.send(.post, "/v3/crmdata/segment").status.code == 500)
            let report: Inspected = try await desk.send(.get, "/inspect").decoded()
            #expect(
                report.requests == [
                    "GET /v3/crmdata/segment/*": ["200": 2, "302": 1, "403": 1, "429": 2],
                    "POST /v3/crmdata/segment": ["500": 1],
                ])
        }
    }

    @Test func `an answer can be cut`() async throws {
        try await Desk.open(faults: ["GET / 1 cut"]) { desk in
            let cut = try await desk.send(.get, Self.list).text
            let whole = try await desk.send(.get, Self.list).text
            #expect(cut.utf8.count == whole.utf8.count / 2)
            #expect(whole.hasPrefix(cut))
        }
    }

    @Test(arguments: [("reset", 0), ("lost", 1)])
    func `a broken connection leaves the work undone or done`(
        fault: String, segments: Int
    ) async throws {
        let sandbox = Sandbox(
            settings: .init(tokens: ["good"]), faults: [try FaultRule(parsing: "POST / 1 \(fault)")]
        )
        let application = Application(
            router: sandboxRouter(sandbox),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)))
        try await application.test(.live) { client in
            let desk = Desk(client: client)
            _ = await #expect(throws: (any Error).self) {
                try await desk.send(
                    .post, "/v3/crmdata/targeting/segment",
                    #"{"AdvertiserId": "a", "SegmentName": "N", "Region": "US"}"#)
            }
        }
        let page = try await sandbox.page(advertiser: "a", pagingToken: nil)
        #expect(page.segments?.count == segments)
    }

    @Test func `an upload that a rule refuses is not accepted`() async throws {
        try await Desk.open(faults: ["PUT /upload 1 503:2"]) { desk in
            let drop = try await desk.openDrop()
            let answer = try await desk.upload(drop.target, "a@b\n")
            #expect(answer.status == .serviceUnavailable)
            #expect(answer.text.hasPrefix("<?xml"))
            #expect(try await desk.drops().map(\.accepted) == [false])
            #expect(try await desk.upload(drop.target, "a@b\n").status == .ok)
        }
    }

    @Test func `paths that nobody serves are counted as one`() async throws {
        try await Desk.open { desk in
            _ = try await desk.send(.get, "/v3/crmdata/x/segment/secret")
            _ = try await desk.send(.get, "/secret?x=1")
            let report: Inspected = try await desk.send(.get, "/inspect").decoded()
            #expect(report.requests == ["GET other": ["404": 2]])
        }
    }
}
