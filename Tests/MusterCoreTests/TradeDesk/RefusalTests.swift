import FoundationEssentials
import MusterCore
import Testing

@Suite struct RefusalTests {
    @Test(
        arguments: [
            (200, nil, nil), (204, nil, nil), (240, nil, nil), (299, nil, nil),
            (401, nil, .deadToken),
            (403, TradeDesk.deadTokenMessage, .deadToken),
            (403, "The supplied auth token is not valid or has expired. Ask again.", .deadToken),
            (403, "You have no access to advertiser x.", .noAccess), (403, nil, .noAccess),
            (404, nil, .notFound), (410, nil, .gone), (429, nil, .throttled),
            (500, nil, .unavailable), (503, nil, .unavailable), (599, nil, .unavailable),
            (400, TradeDesk.deadTokenMessage, .rejected), (409, nil, .rejected),
            (302, nil, .rejected),
            (600, nil, .rejected),
        ] as [(Int, String?, TradeDesk.Refusal?)])
    func `status and message say what it means`(
        status: Int, message: String?, refusal: TradeDesk.Refusal?
    ) {
        #expect(TradeDesk.Refusal(status: status, message: message) == refusal)
    }

    @Test func `only a throttled or unavailable call may pass later`() {
        let all: [TradeDesk.Refusal] = [
            .deadToken, .noAccess, .notFound, .gone, .throttled, .unavailable, .rejected,
        ]
        #expect(all.filter(\.mayPass) == [.throttled, .unavailable])
    }

    @Test(
        arguments: [
            (
                #"{"Message": "m", "ErrorDetails": [{"Property": "Region", "Reasons": ["r"]}]}"#,
                .init(message: "m", details: [.init(property: "Region", reasons: ["r"])])
            ),
            (#"{"Message": "m"}"#, .init(message: "m")),
            (#"{"Message": 7, "ErrorDetails": [{"Property": 1}]}"#, .init(message: nil)),
            ("{}", .init(message: nil)),
        ] as [(String, TradeDesk.ErrorAnswer)])
    func `of an error's body what can be read is read`(
        json: String, answer: TradeDesk.ErrorAnswer
    ) throws {
        let read = try JSONDecoder().decode(TradeDesk.ErrorAnswer.self, from: Data(json.utf8))
        #expect(read == answer)
    }
}
