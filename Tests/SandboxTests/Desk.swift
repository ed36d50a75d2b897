import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import MusterCore
import NIOCore

@testable import ttd_sandbox

/// A client of one stand-in, with the token `good`.
struct Desk {
    let client: any TestClientProtocol

    static func open<Value: Sendable>(
        _ setup: TestingSetup = .router, pageSize: Int = 2, keepRows: Int = 100,
        seeds: [String] = ["cxpowqgj:Others:US:tnlsw2x"], faults: [String] = [],
        _ body: @Sendable (Desk) async throws -> Value
    ) async throws -> Value {
        let sandbox = Sandbox(
            settings: .init(tokens: ["good"], pageSize: pageSize, keepRows: keepRows),
            faults: try faults.map(FaultRule.init(parsing:)))
        for seed in seeds { try await sandbox.plant(SegmentSeed(parsing: seed)) }
        return try await Application(
            router: sandboxRouter(sandbox),
            configuration: .init(address: .hostname("127.0.0.1", port: 0))
        ).test(setup) { try await body(Desk(client: $0)) }
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ json: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = headers[.contentType] ?? "application/json"
        if path.hasPrefix("/v3"), headers[.ttdAuth] == nil { headers[.ttdAuth] = "good" }
        return try await client.execute(
            uri: path, method: method, headers: headers, body: json.map(ByteBuffer.init(string:))
        ) { $0 }
    }

    func list(_ advertiser: String, _ token: String? = nil) async throws -> TestResponse {
        try await send(.get, "/v3" + TradeDesk.listPath(advertiser: advertiser, pagingToken: token))
    }

    /// The path and query of a newly opened drop's URL, and its reference.
    func openDrop(
        _ piiType: String = "Email", _ path: String = "cxpowqgj/tnlsw2x"
    ) async throws -> (target: String, reference: String) {
        let answer = try await send(
            .post, "/v3/crmdata/segment/\(path)",
            #"{"PiiType": "\#(piiType)", "MergeMode": "Replace"}"#)
        let opened: TradeDesk.DropOpened = try answer.decoded()
        return (
            String(opened.url.trimmingPrefix("http://localhost")), opened.referenceID
        )
    }

    func upload(
        _ target: String, _ rows: String?, headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = "text/plain"
        return try await send(.put, target, rows, headers: headers)
    }

    /// What inspection shows of the first segment's drops.
    func drops() async throws -> [Inspected.Drop] {
        let report: Inspected = try await send(.get, "/inspect").decoded()
        return report.segments.first?.drops ?? []
    }

    func problems() async throws -> [String: Int] {
        let report: Inspected = try await send(.get, "/inspect").decoded()
        return report.problems
    }
}

/// The part of an inspection that tests look at.
struct Inspected: Decodable {
    struct Segment: Decodable {
        var drops: [Drop]
    }

    struct Drop: Decodable, Equatable {
        var number = 1
        var accepted = true
        var acceptedNumber: Int? = 1
        var uploads = 1
        var bytes: Int?
        var rows: Int?
        var invalidRows: Int? = 0
        var duplicateRows: Int? = 0
        var sha256: String?
    }

    var requests: [String: [String: Int]]
    var problems: [String: Int]
    var segments: [Segment]
}

extension TestResponse {
    var text: String { String(buffer: body) }

    func decoded<Value: Decodable>() throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(body.readableBytesView))
    }
}
