import FoundationEssentials
import MusterCore
import Testing

@Suite struct CallsTests {
    @Test(arguments: [
        (
            TradeDesk.Call.listSegments(advertiser: "cxpowqgj", pagingToken: nil), "GET",
            "/crmdata/segment/cxpowqgj"
        ),
        (
            .listSegments(advertiser: "cxpowqgj", pagingToken: "a+b/c=&é"), "GET",
            "/crmdata/segment/cxpowqgj?pagingToken=a%2Bb%2Fc%3D%26%C3%A9"
        ),
        (
            .createSegment(.init(advertiserID: "a", segmentName: "b", region: "US")), "POST",
            "/crmdata/targeting/segment"
        ),
        (
            .openDrop(advertiser: "cxpowqgj", crmDataID: "tnlsw2x", .init(piiType: .email)), "POST",
            "/crmdata/segment/cxpowqgj/tnlsw2x"
        ),
        (
            .dropStatus(advertiser: "cxpowqgj", crmDataID: "tnlsw2x", reference: "5f-6/7?8"), "GET",
            "/crmdata/segment/cxpowqgj/tnlsw2x/5f-6%2F7%3F8"
        ),
        (
            .deleteSegment(advertiser: "cxpowqgj", crmDataID: "tnlsw2x"), "DELETE",
            "/crmdata/segment/cxpowqgj/tnlsw2x"
        ),
    ])
    func `each call has its method and its path`(
        call: TradeDesk.Call, method: String, path: String
    ) {
        #expect(call.method == method)
        #expect(call.path == path)
    }

    @Test func `only the unreserved characters of RFC 3986 stay as they are`() {
        #expect(TradeDesk.percentEncoded("AZaz09-._~") == "AZaz09-._~")
        #expect(TradeDesk.percentEncoded(" %/\u{0}") == "%20%25%2F%00")
    }

    @Test(arguments: [
        (
            TradeDesk.Call.createSegment(
                .init(advertiserID: "cxpowqgj", segmentName: "Brothers", region: "US")),
            #"{"AdvertiserId":"cxpowqgj","Region":"US","SegmentName":"Brothers"}"#
        ),
        (
            .openDrop(advertiser: "a", crmDataID: "b", .init(piiType: .hashedEmail)),
            #"{"MergeMode":"Replace","PiiType":"EmailHashedUnifiedId2"}"#
        ),
        (
            .openDrop(advertiser: "a", crmDataID: "b", .init(piiType: .email)),
            #"{"MergeMode":"Replace","PiiType":"Email"}"#
        ),
    ])
    func `a body says what TTD reads and nothing else`(call: TradeDesk.Call, json: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let body = try #require(call.body)
        #expect(String(decoding: try encoder.encode(body), as: UTF8.self) == json)
    }

    @Test func `calls that only ask have no body`() {
        #expect(TradeDesk.Call.listSegments(advertiser: "a", pagingToken: nil).body == nil)
    }
}
