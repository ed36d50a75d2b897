import Foundation
import MusterCore

/// What TTD holds and has seen, as values; what is done wrongly to it is kept as a complaint.
struct DeskModel {
    enum Step: String, CaseIterable, Sendable {
        case list, create, open, upload, status
    }

    /// One request as it came; `isStore` tells that it came to the storage's own address.
    struct Request {
        let method: String
        let path: String
        let token: String?
        let length: Int?
        let body: [UInt8]
        let isStore: Bool

        var step: Step {
            if isStore { return .upload }
            if method == "POST" {
                return path.hasSuffix("/crmdata/targeting/segment") ? .create : .open
            }
            // A drop's status stands two steps below the advertiser's list.
            return path.split(separator: "/").count > 4 ? .status : .list
        }
    }

    struct Reply {
        var status = 200
        var body = ""
        var retryAfter: String?

        static let storeRefusal = Reply(
            status: 403, body: "<Error><Code>AccessDenied</Code></Error>")
        static let deadToken = Reply(
            status: 403, body: #"{"Message": "\#(TradeDesk.deadTokenMessage)"}"#)
    }

    struct Entry {
        let id: String
        let name: String
        let region: String
    }

    var segments: [Entry] = []
    var deadTokens: Set<String> = []
    /// The lists that the storage took, in their order.
    private(set) var lists: [(segment: String, body: [UInt8])] = []
    private(set) var complaints: [String] = []
    /// How many requests of each step were carried out.
    private(set) var done: [Step: Int] = [:]
    /// The segment of each open upload address.
    private var drops: [String: String] = [:]
    private var created = 0

    mutating func check(_ request: Request) {
        if request.isStore, request.token != nil { complaints.append("the storage saw the token") }
        if request.isStore, request.length != request.body.count {
            complaints.append("a list came without its length")
        }
    }

    mutating func carryOut(_ request: Request, store: String) -> Reply {
        done[request.step, default: 0] += 1
        switch request.step {
        case .list:
            let rows = segments.map {
                #"{"CrmDataId": "\#($0.id)", "SegmentName": "\#($0.name)", "#
                    + #""Region": "\#($0.region)", "FirstPartyDataId": 5}"#
            }
            return Reply(
                body: #"{"Segments": [\#(rows.joined(separator: ", "))], "PagingToken": null}"#)
        case .create: return create(request)
        case .open: return open(request, store: store)
        case .upload: return upload(request)
        case .status: return Reply(body: #"{"Status": "Unknown"}"#)
        }
    }

    private mutating func create(_ request: Request) -> Reply {
        created += 1
        let id = "created\(created)"
        // A body that is no such object has no name, and no list is ever right for it.
        let object = try? JSONDecoder().decode([String: String].self, from: Data(request.body))
        segments.append(
            Entry(
                id: id, name: object?["SegmentName"] ?? "", region: object?["Region"] ?? ""))
        return Reply(body: #"{"CrmDataId": "\#(id)", "FirstPartyDataId": 77}"#)
    }

    private mutating func open(_ request: Request, store: String) -> Reply {
        let path = "/drop/\(drops.count + 1)?signature=secret"
        drops[path] = String(request.path.split(separator: "/").last ?? "")
        return Reply(
            body: #"{"ReferenceId": "reference-\#(drops.count)", "Url": "\#(store + path)"}"#)
    }

    private mutating func upload(_ request: Request) -> Reply {
        guard let segment = drops[request.path] else { return .storeRefusal }
        lists.append((segment, request.body))
        return Reply()
    }
}
