import FoundationEssentials
import MusterCore
import Testing

@Suite struct BodiesTests {
    private func decoded<Value: Decodable>(_ json: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(json.utf8))
    }

    @Test func `a page is read with properties nobody knew of`() throws {
        let page: TradeDesk.SegmentList = try decoded(
            """
            {"Segments": [{"CrmDataId": "tnlsw2x", "SegmentName": "Brothers", "Region": "US",
              "FirstPartyDataId": 81234567890, "Score": 1.5e3}], "PagingToken": "p2", "New": {}}
            """)
        #expect(page.pagingToken == "p2")
        #expect(
            page.segments == [
                .init(
                    crmDataID: "tnlsw2x", segmentName: "Brothers", region: "US",
                    firstPartyDataID: 81_234_567_890)
            ])
    }

    @Test func `an empty page differs from an answer that is no list`() throws {
        let last: TradeDesk.SegmentList = try decoded(#"{"Segments": [], "PagingToken": null}"#)
        #expect(last == .init(segments: [], pagingToken: nil))
        let other: TradeDesk.SegmentList = try decoded("{}")
        #expect(other.segments == nil)
    }

    @Test(
        arguments: [
            ("7", 7), (#""7""#, 7), ("7.0", 7), ("7.5", nil), ("null", nil), (#""x""#, nil),
            ("{}", nil),
        ] as [(String, Int64?)])
    func `the number traders use may be missing or quoted`(json: String, value: Int64?) throws {
        let created: TradeDesk.SegmentCreated = try decoded(
            #"{"CrmDataId": "tnlsw2x", "FirstPartyDataId": \#(json)}"#)
        #expect(created == .init(crmDataID: "tnlsw2x", firstPartyDataID: value))
    }

    @Test(arguments: [
        #""""#, #"".""#, #""..""#, "7", "null", #""a\u0000b""#, #""a\nb""#, #""a\u202eb""#,
        "\"\(String(repeating: "a", count: 129))\"",
    ])
    func `an id that cannot stand in a path is no id`(json: String) {
        #expect(throws: DecodingError.self) {
            let _: TradeDesk.SegmentCreated = try decoded(#"{"CrmDataId": \#(json)}"#)
        }
        #expect(throws: DecodingError.self) {
            let _: TradeDesk.DropOpened = try decoded(#"{"Url": "u", "ReferenceId": \#(json)}"#)
        }
    }

    @Test(arguments: [
        #"{"Segments": [{"SegmentName": "a", "Region": "US"}]}"#,
        #"{"Segments": [{"CrmDataId": "a", "Region": "US"}]}"#,
        #"{"Segments": [{"CrmDataId": "a", "SegmentName": "b"}]}"#,
    ])
    func `an entry that cannot be read fails its page`(json: String) {
        #expect(throws: DecodingError.self) { let _: TradeDesk.SegmentList = try decoded(json) }
    }

    @Test func `the last page is written with a token of null`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let page = try encoder.encode(TradeDesk.SegmentList(segments: [], pagingToken: nil))
        #expect(String(decoding: page, as: UTF8.self) == #"{"PagingToken":null,"Segments":[]}"#)
    }
}
