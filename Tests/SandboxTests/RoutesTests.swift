import HTTPTypes
import HummingbirdTesting
import MusterCore
import Testing

@testable import ttd_sandbox

@Suite struct RoutesTests {
    @Test(arguments: ["", "bad", "Good"])
    func `a token that is not accepted gets TTD's own words`(token: String) async throws {
        try await Desk.open { desk in
            let answer = try await desk.send(
                .get, "/v3/crmdata/segment/cxpowqgj", headers: [.ttdAuth: token])
            let error: TradeDesk.ErrorAnswer = try answer.decoded()
            #expect(answer.status == .forbidden)
            #expect(TradeDesk.Refusal(status: 403, message: error.message) == .deadToken)
            #expect(answer.headers[.ttdRequestID] != nil)
        }
    }

    @Test func `the list is ended by an empty page and its tokens need escaping`() async throws {
        let seeds = ["a:One:US", "a:One:US", "b:Other:EU", "a:Three:APAC"]
        try await Desk.open(seeds: seeds) { desk in
            var pages: [[String]] = []
            var token: String?
            repeat {
                let page: TradeDesk.SegmentList = try await desk.list("a", token).decoded()
                pages.append((page.segments ?? []).map(\.segmentName))
                token = page.pagingToken
            } while token != nil && pages.count < 9
            #expect(pages == [["One", "One"], ["Three"], []])
            let raw = try await desk.send(.get, "/v3/crmdata/segment/a?pagingToken=2+of&the=list/")
            #expect(raw.status == .badRequest)
        }
    }

    @Test(arguments: ["/v3/crmdata/segment", "/v3/crmdata/targeting/segment"])
    func `a segment is created and listed, and a second of its name too`(
        path: String
    ) async throws {
        try await Desk.open(seeds: []) { desk in
            let body = #"{"AdvertiserId": "a", "SegmentName": "N", "Region": "EU", "New": [1.5]}"#
            let first: TradeDesk.SegmentCreated = try await desk.send(.post, path, body).decoded()
            let second: TradeDesk.SegmentCreated = try await desk.send(.post, path, body).decoded()
            #expect(isLowerAlphanumeric(first.crmDataID, length: 7...7))
            #expect(first.firstPartyDataID != second.firstPartyDataID)
            let page: TradeDesk.SegmentList = try await desk.list("a").decoded()
            #expect(page.segments?.map(\.crmDataID) == [first.crmDataID, second.crmDataID])
        }
    }

    @Test(arguments: [
        (
            "targeting/segment", #"{"SegmentName": "", "Region": "MARS"}"#,
            ["AdvertiserId", "SegmentName", "Region"]
        ),
        (
            "targeting/segment", #"{"AdvertiserId": 7, "SegmentName": "N", "Region": "US"}"#,
            ["AdvertiserId"]
        ),
        (
            "targeting/segment", #"{"AdvertiserId": "A!", "SegmentName": "N", "Region": "US"}"#,
            ["AdvertiserId"]
        ),
        (
            "segment/cxpowqgj/tnlsw2x", #"{"PiiType": "Phone", "MergeMode": "Add"}"#,
            ["PiiType", "MergeMode"]
        ),
        (
            "segment/cxpowqgj/tnlsw2x",
            #"{"PiiType": "Email", "MergeMode": "Replace", "TtlInMinutes": 259201}"#,
            ["TtlInMinutes"]
        ),
        ("segment", "[1]", []), ("segment", "", []),
    ])
    func `a bad body is refused by property`(
        path: String, body: String, properties: [String]
    ) async throws {
        try await Desk.open { desk in
            let answer = try await desk.send(.post, "/v3/crmdata/\(path)", body)
            let error: TradeDesk.ErrorAnswer = try answer.decoded()
            #expect(answer.status == .badRequest)
            #expect(error.details.map(\.property) == properties)
        }
    }

    @Test func `an unknown property is refused in strict mode only`() async throws {
        try await Desk.open { desk in
            let path = "/v3/crmdata/segment/cxpowqgj/tnlsw2x"
            let body = #"{"PiiType": "Email", "MergeMode": "Replace", "RetentionEnabled": true}"#
            #expect(try await desk.send(.post, path, body).status == .ok)
            let strict = try await desk.send(
                .post, path, body, headers: [.ttdStrictMode: "true"])
            let error: TradeDesk.ErrorAnswer = try strict.decoded()
            #expect(strict.status == .badRequest)
            #expect(error.details.map(\.property) == ["RetentionEnabled"])
            #expect(try await desk.problems() == [Problem.retentionEnabled.rawValue: 2])
        }
    }

    @Test func `a segment has no status before it is filled`() async throws {
        try await Desk.open { desk in
            let path = "/v3/crmdata/segment/cxpowqgj/tnlsw2x"
            #expect(try await desk.send(.get, path).status == .notFound)
            let drop = try await desk.openDrop()
            #expect(try await desk.send(.get, "\(path)/\(drop.reference)").text.contains("waiting"))
            #expect(try await desk.upload(drop.target, "jane@example.com\n").status == .ok)
            #expect(
                try await desk.send(.get, "\(path)/\(drop.reference)").text.contains("received"))
            #expect(try await desk.send(.get, path).status == .ok)
        }
    }

    @Test(
        arguments: [
            (.get, "segment/cxpowqgj/nosuch1"), (.delete, "segment/other/tnlsw2x"),
            (.get, "targeting/segment/cxpowqgj/tnlsw2x/nosuch"), (.get, "segment/UPPER"),
        ] as [(HTTPRequest.Method, String)])
    func `what does not exist is 403`(method: HTTPRequest.Method, path: String) async throws {
        try await Desk.open { desk in
            let answer = try await desk.send(method, "/v3/crmdata/\(path)")
            let error: TradeDesk.ErrorAnswer = try answer.decoded()
            #expect(answer.status == .forbidden)
            #expect(TradeDesk.Refusal(status: 403, message: error.message) == .noAccess)
        }
    }

    @Test func `a deleted segment is gone, and what was uploaded to it`() async throws {
        try await Desk.open { desk in
            let drop = try await desk.openDrop()
            let path = "/v3/crmdata/segment/cxpowqgj/tnlsw2x"
            #expect(try await desk.send(.delete, path).status == .noContent)
            #expect(try await desk.send(.delete, path).status == .forbidden)
            #expect(try await desk.upload(drop.target, "a@b\n").status == .forbidden)
        }
    }
}
