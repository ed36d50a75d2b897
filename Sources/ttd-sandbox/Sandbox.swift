import FoundationEssentials
import MusterCore

/// All that the stand-in remembers.
actor Sandbox {
    struct Settings: Sendable {
        var tokens: Set<String>
        var pageSize = 100
        var urlSeconds = 3600
        var keepRows = 200_000
    }

    private static let segmentLimit = 10_000
    private static let dropLimit = 1000

    nonisolated let settings: Settings
    nonisolated let presign: Presign
    private let now: @Sendable () -> Date
    private var segments: [Segment] = []
    private var faults: [FaultRule]
    private var requests: [String: [Int: Int]] = [:]
    private var problems: [Problem: Int] = [:]
    private var dropsOpened = 0
    private var dropsAccepted = 0
    private var lastFirstPartyDataID: Int64 = 1_000_000

    init(
        settings: Settings, faults: [FaultRule] = [],
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.settings = settings
        self.faults = faults
        self.now = now
        presign = Presign(seconds: settings.urlSeconds, now: now)
    }
}

// The calls of the API.
extension Sandbox {
    /// One page; the token holds characters that must be percent-encoded, as TTD's may.
    func page(advertiser: String, pagingToken: String?) throws(Refused) -> TradeDesk.SegmentList {
        let entries = segments.filter { $0.advertiser == advertiser }.map(\.entry)
        let start = pagingToken.map(Self.offset(of:)) ?? 0
        guard let start, start <= entries.count else {
            throw .invalid("pagingToken", "is not one that this list gave out")
        }
        let page = Array(entries[start...].prefix(settings.pageSize))
        return TradeDesk.SegmentList(
            segments: page,
            pagingToken: page.isEmpty ? nil : "\(start + page.count)+of&the=list/")
    }

    private static func offset(of token: String) -> Int? {
        token.hasSuffix("+of&the=list/") ? Int(token.prefix { $0 != "+" }) : nil
    }

    func create(
        advertiser: String, name: String, region: String
    ) throws(Refused) -> TradeDesk.SegmentCreated {
        let entry = try add(advertiser: advertiser, name: name, region: region, id: newID())
        return TradeDesk.SegmentCreated(
            crmDataID: entry.crmDataID, firstPartyDataID: entry.firstPartyDataID)
    }

    /// Puts in a segment that others made.
    func plant(_ seed: SegmentSeed) throws {
        let id = seed.crmDataID ?? newID()
        guard !segments.contains(where: { $0.entry.crmDataID == id }) else {
            throw Mistake("two seeded segments have the CRMDATAID \(id)")
        }
        _ = try add(advertiser: seed.advertiser, name: seed.name, region: seed.region, id: id)
    }

    private func add(
        advertiser: String, name: String, region: String, id: String
    ) throws(Refused) -> TradeDesk.SegmentEntry {
        guard segments.count < Self.segmentLimit else { throw .full }
        lastFirstPartyDataID += 1
        let entry = TradeDesk.SegmentEntry(
            crmDataID: id, segmentName: name, region: region,
            firstPartyDataID: lastFirstPartyDataID)
        segments.append(Segment(advertiser: advertiser, entry: entry))
        return entry
    }

    private func newID() -> String {
        let characters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        while true {
            let id = String((0..<7).compactMap { _ in characters.randomElement() })
            if !segments.contains(where: { $0.entry.crmDataID == id }) { return id }
        }
    }

    /// Opens a drop and gives its reference.
    func openDrop(
        advertiser: String, crmDataID: String, piiType: TradeDesk.PIIType
    ) throws(Refused) -> String {
        let index = try indexOf(advertiser: advertiser, crmDataID: crmDataID)
        dropsOpened += 1
        let reference = UUID().uuidString.lowercased()
        segments[index].drops.append(
            Drop(number: dropsOpened, reference: reference, piiType: piiType, openedAt: now()))
        if segments[index].drops.count > Self.dropLimit { segments[index].drops.removeFirst() }
        return reference
    }

    func segment(advertiser: String, crmDataID: String) throws(Refused) -> Segment {
        segments[try indexOf(advertiser: advertiser, crmDataID: crmDataID)]
    }

    func drop(
        advertiser: String, crmDataID: String, reference: String
    ) throws(Refused) -> Drop {
        let drops = try segment(advertiser: advertiser, crmDataID: crmDataID).drops
        guard let drop = drops.first(where: { $0.reference == reference }) else { throw .noAccess }
        return drop
    }

    func delete(advertiser: String, crmDataID: String) throws(Refused) {
        segments.remove(at: try indexOf(advertiser: advertiser, crmDataID: crmDataID))
    }

    private func indexOf(advertiser: String, crmDataID: String) throws(Refused) -> Int {
        let index = segments.firstIndex {
            $0.advertiser == advertiser && $0.entry.crmDataID == crmDataID
        }
        guard let index else { throw .noAccess }
        return index
    }
}

// Uploads.
extension Sandbox {
    /// What rows are expected at a reference; nil when its segment is gone.
    func piiType(ofReference reference: String) -> TradeDesk.PIIType? {
        segments.lazy.flatMap(\.drops).first { $0.reference == reference }?.piiType
    }

    /// Takes a whole upload as what the segment now holds.
    func accept(_ receipt: UploadReceipt, rows: [UInt8], reference: String) {
        for index in segments.indices {
            let drop = segments[index].drops.firstIndex { $0.reference == reference }
            guard let drop else { continue }
            dropsAccepted += 1
            segments[index].drops[drop].uploads += 1
            segments[index].drops[drop].acceptedNumber = dropsAccepted
            segments[index].drops[drop].acceptedAt = now()
            segments[index].drops[drop].receipt = receipt
            segments[index].rows = rows
        }
    }
}

// What inspection shows.
extension Sandbox {
    /// The answer of the first fault rule that matches, which is thereby used once.
    func takeFault(method: String, path: String) -> FaultRule.Answer? {
        let index = faults.firstIndex { $0.isLeft && $0.matches(method: method, path: path) }
        guard let index else { return nil }
        faults[index].used += 1
        return faults[index].answer
    }

    func count(_ route: String, status: Int) {
        requests[route, default: [:]][status, default: 0] += 1
    }

    func note(_ problem: Problem) {
        problems[problem, default: 0] += 1
    }

    func rows(ofSegment crmDataID: String) -> [UInt8]? {
        segments.first { $0.entry.crmDataID == crmDataID }?.rows
    }

    func report() -> Report {
        Report(segments: segments, faults: faults, requests: requests, problems: problems)
    }
}
