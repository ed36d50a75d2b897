import FoundationEssentials
import HTTPTypes
import Hummingbird
import MusterCore

/// Something a client did that is refused, or that it had better not do.
enum Problem: String, Sendable {
    case tokenOnUpload = "TTD-Auth was sent to an upload URL"
    case foreignHeaderOnUpload = "a header that is not signed was sent to an upload URL"
    case uploadWithoutLength = "an upload had no Content-Length"
    case uploadNotPlainText = "an upload was not text/plain"
    case contentTypeNotJSON = "a POST was not application/json"
    case retentionEnabled = "RetentionEnabled was sent, which TTD has retired"
}

/// What `GET /inspect` shows.
struct Report: Encodable {
    struct Fault: Encodable {
        var rule: String
        var used: Int
        /// Left out where the rule is used up never.
        var left: Int?
    }

    struct SegmentReport: Encodable {
        var advertiserId: String
        var crmDataId: String
        var segmentName: String
        var region: String
        var firstPartyDataId: Int64?
        var drops: [DropReport]
    }

    struct DropReport: Encodable {
        /// Counts the drops opened, over all segments.
        var number: Int
        var referenceId: String
        var piiType: String
        var mergeMode = TradeDesk.replace
        var openedAt: Date
        var accepted: Bool
        /// Counts the uploads accepted, over all segments.
        var acceptedNumber: Int?
        var acceptedAt: Date?
        var uploads: Int
        var bytes: Int?
        var rows: Int?
        var invalidRows: Int?
        var duplicateRows: Int?
        var sortedByDigest: Bool?
        var endsWithNewline: Bool?
        var sha256: String?
    }

    /// By method and route, then by status; status 0 is a connection that was broken.
    var requests: [String: [String: Int]]
    var problems: [String: Int]
    var faults: [Fault]
    var segments: [SegmentReport]

    init(
        segments: [Segment], faults: [FaultRule], requests: [String: [Int: Int]],
        problems: [Problem: Int]
    ) {
        self.requests = requests.mapValues { statuses in
            Dictionary(uniqueKeysWithValues: statuses.map { (String($0.key), $0.value) })
        }
        self.problems = Dictionary(
            uniqueKeysWithValues: problems.map { ($0.key.rawValue, $0.value) })
        self.faults = faults.map { rule in
            Fault(rule: rule.text, used: rule.used, left: rule.count.map { $0 - rule.used })
        }
        self.segments = segments.map(SegmentReport.init)
    }
}

extension Report.SegmentReport {
    init(_ segment: Segment) {
        advertiserId = segment.advertiser
        crmDataId = segment.entry.crmDataID
        segmentName = segment.entry.segmentName
        region = segment.entry.region
        firstPartyDataId = segment.entry.firstPartyDataID
        drops = segment.drops.map(Report.DropReport.init)
    }
}

extension Report.DropReport {
    init(_ drop: Drop) {
        number = drop.number
        referenceId = drop.reference
        piiType = drop.piiType.rawValue
        openedAt = drop.openedAt
        accepted = drop.receipt != nil
        acceptedNumber = drop.acceptedNumber
        acceptedAt = drop.acceptedAt
        uploads = drop.uploads
        bytes = drop.receipt?.bytes
        rows = drop.receipt?.rows
        invalidRows = drop.receipt?.invalidRows
        duplicateRows = drop.receipt?.duplicateRows
        sortedByDigest = drop.receipt?.isSortedByDigest
        endsWithNewline = drop.receipt?.endsWithNewline
        sha256 = drop.receipt?.sha256
    }
}

/// Adds what shows to a person or a test what has arrived.
func addInspection(to group: RouterGroup<SandboxContext>, _ sandbox: Sandbox) {
    group.get { _, _ in try jsonResponse(await sandbox.report(), isPretty: true) }
    group.get("segments/:id/rows") { _, context in
        guard let rows = await sandbox.rows(ofSegment: try context.parameters.require("id")) else {
            throw HTTPError(.notFound)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/plain"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: rows)))
    }
}
