import Foundation
import MusterCore
import NIOCore
import Synchronization

@testable import musterd

/// TTD's API and its storage in memory: it answers as they do, except where a script says
/// otherwise, and keeps every exchange.
final class ScriptedTransport: Transport {
    enum Route: Hashable, Sendable {
        case list, create, open, upload, status
    }

    /// What happens to one exchange instead of the usual.
    enum Line: Sendable {
        case answer(Int, body: String = "", retryAfter: String? = nil)
        case notSent
        case lost
        case doneAndLost
        /// No answer until the task is cancelled.
        case silence
    }

    /// One exchange as it came.
    struct Call: Sendable {
        let route: Route
        let url: String
        let token: String?
        let body: [UInt8]
    }

    struct Entry: Sendable {
        var id: String
        var name: String
        var region = "US"
    }

    fileprivate struct State {
        var script: [Route: [Line]] = [:]
        var isDown = false
        var calls: [Call] = []
        var segments: [Entry] = []
        var created = 0
        /// The segment of each open upload address.
        var drops: [String: String] = [:]
        var lists: [(segment: String, body: [UInt8])] = []
    }

    static let api = "https://desk.test/v3"
    private let state = Mutex(State())
    /// Entries of a page, and the token that leads from page n to the next.
    private let pageSize: Int
    private let pagingToken: @Sendable (Int) -> String
    /// Called when an exchange comes, before anything is done.
    private let onCall: @Sendable (Route) -> Void

    init(
        segments: [Entry] = [], pageSize: Int = 100,
        pagingToken: @escaping @Sendable (Int) -> String = { "page \($0)" },
        onCall: @escaping @Sendable (Route) -> Void = { _ in }
    ) {
        self.pageSize = pageSize
        self.pagingToken = pagingToken
        self.onCall = onCall
        state.withLock { $0.segments = segments }
    }

    /// Writes the next lines of a route's script.
    func script(_ route: Route, _ lines: Line...) {
        state.withLock { $0.script[route, default: []] += lines }
    }

    /// Whether no connection can be made at all.
    var isDown: Bool {
        get { state.withLock { $0.isDown } }
        set { state.withLock { $0.isDown = newValue } }
    }

    var calls: [Call] { state.withLock { $0.calls } }
    var routes: [Route] { calls.map(\.route) }
    var segments: [Entry] { state.withLock { $0.segments } }
    /// The lists that were taken, in their order.
    var lists: [(segment: String, body: [UInt8])] { state.withLock { $0.lists } }

    func carry(_ exchange: Exchange) async throws(TransportError) -> ExchangeAnswer {
        let call: Call
        do {
            call = try await Call(exchange)
        } catch {
            throw .unreadable("the list could not be read")
        }
        onCall(call.route)
        let line: Line? = state.withLock { state in
            state.calls.append(call)
            if state.isDown { return .notSent }
            let lines = state.script[call.route] ?? []
            state.script[call.route] = Array(lines.dropFirst())
            return lines.first
        }
        switch line {
        case nil: return usual(call)
        case .answer(let status, let body, let retryAfter):
            return Self.answer(status, body, retryAfter: retryAfter)
        case .notSent: throw .notSent("the connection was refused")
        case .lost: throw .lost("no answer came")
        case .doneAndLost:
            _ = usual(call)
            throw .lost("no answer came")
        case .silence:
            await Self.cancellation()
            throw .lost("cancelled")
        }
    }

    private static func cancellation() async {
        let (endless, end) = AsyncStream.makeStream(of: Void.self)
        for await _ in endless {}
        end.finish()
    }

    private func usual(_ call: Call) -> ExchangeAnswer {
        state.withLock { state in
            switch call.route {
            case .list: page(call, of: state.segments)
            case .create: state.create(call)
            case .open: state.open(call)
            case .upload: state.upload(call)
            case .status: Self.answer(200, #"{"Status": "Unknown"}"#)
            }
        }
    }

    private func page(_ call: Call, of segments: [Entry]) -> ExchangeAnswer {
        let asked = call.url.split(separator: "=", maxSplits: 1).dropFirst().first
            .flatMap { String($0).removingPercentEncoding }
        let pages = max(1, (segments.count + pageSize - 1) / pageSize)
        let number = (0..<pages).first { $0 > 0 && pagingToken($0) == asked } ?? 0
        if asked != nil, number == 0 { return Self.answer(400, #"{"Message": "no such page"}"#) }
        let rows = segments.dropFirst(number * pageSize).prefix(pageSize).map { entry in
            #"{"CrmDataId": "\#(entry.id)", "SegmentName": "\#(entry.name)", "#
                + #""Region": "\#(entry.region)", "FirstPartyDataId": 5}"#
        }
        let next = number + 1 < pages ? #""\#(pagingToken(number + 1))""# : "null"
        return Self.answer(
            200, #"{"Segments": [\#(rows.joined(separator: ", "))], "PagingToken": \#(next)}"#)
    }

    fileprivate static func answer(_ status: Int, _ body: String, retryAfter: String? = nil)
        -> ExchangeAnswer
    {
        ExchangeAnswer(
            status: status, retryAfter: retryAfter, requestId: "request-1", body: Array(body.utf8),
            isWhole: true)
    }
}

extension ScriptedTransport.State {
    fileprivate mutating func create(_ call: ScriptedTransport.Call) -> ExchangeAnswer {
        created += 1
        let id = "created\(created)"
        segments.append(
            ScriptedTransport.Entry(
                id: id, name: call.property("SegmentName"), region: call.property("Region")))
        return ScriptedTransport.answer(200, #"{"CrmDataId": "\#(id)", "FirstPartyDataId": 77}"#)
    }

    fileprivate mutating func open(_ call: ScriptedTransport.Call) -> ExchangeAnswer {
        let segment = String(call.url.split(separator: "/").last ?? "")
        let number = drops.count + 1
        let url = "https://store.test/drop/\(number)?signature=secret"
        drops[url] = segment
        return ScriptedTransport.answer(
            200, #"{"ReferenceId": "reference-\#(number)", "Url": "\#(url)"}"#)
    }

    fileprivate mutating func upload(_ call: ScriptedTransport.Call) -> ExchangeAnswer {
        guard let segment = drops[call.url] else {
            return ScriptedTransport.answer(403, "<Error><Code>AccessDenied</Code></Error>")
        }
        lists.append((segment, call.body))
        return ScriptedTransport.answer(200, "")
    }
}

extension ScriptedTransport.Call {
    init(_ exchange: Exchange) async throws {
        url = exchange.url
        token = exchange.token?.headerValue
        switch (exchange.method, exchange.url) {
        // A drop's status stands two steps below the advertiser's list.
        case ("GET", let url): route = url.split(separator: "/").count > 6 ? .status : .list
        case ("PUT", _): route = .upload
        case (_, ScriptedTransport.api + "/crmdata/targeting/segment"): route = .create
        default: route = .open
        }
        switch exchange.body {
        case .none: body = []
        case .json(let bytes): body = bytes
        case .rows(let rows):
            var bytes: [UInt8] = []
            for try await chunk in rows { bytes += chunk.readableBytesView }
            body = bytes
        }
    }

    /// A property of the body, which is one flat object.
    func property(_ name: String) -> String {
        // A body that is not such an object has no properties, and the test sees an empty name.
        let object = try? JSONDecoder().decode([String: String].self, from: Data(body))
        return object?[name] ?? ""
    }
}

extension Gate.Place {
    /// That of the scripted API.
    static let api = Gate.Place(
        Exchange(
            method: "GET", url: ScriptedTransport.api, token: nil, body: .none,
            timeout: .seconds(1)))
}
