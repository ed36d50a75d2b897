import FoundationEssentials
import MusterCore

/// Why a call to TTD did not succeed after all tries; the words are redacted and hold no secret.
enum CallFailure: Error, Sendable {
    case deadToken(String)
    /// 403 for another reason than the token.
    case unauthorized(String)
    case rejected(String)
    /// Not carried out, or refused for now, on every try.
    case unavailable(String)
    /// The last try may have been carried out.
    case lost(String)
    /// The list could not be read to its end, so it was not carried out.
    case unreadable(String)
}

/// The time of the run is over: nothing may be sent for it any more.
struct PastDeadline: Error {}

/// TTD's calls with their tries: 429 and 5xx are tried again after a wait, everything else is
/// final.
struct APICalls: Sendable {
    struct Drop: Sendable {
        let url: String
        let reference: String
        let requestId: String?
    }

    let transport: any Transport
    let clock: any WallClock
    /// Shared by all calls of the daemon.
    var gate = Gate()
    /// From here on no call of the API begins, and no wait goes past it.
    var deadline: Timestamp?

    static let timeout = Duration.seconds(60)
    static let questionTimeout = Duration.seconds(10)
    /// 5 GB at 5 MB/s take 17 minutes.
    static let uploadTimeout = Duration.seconds(1800)
    private static let pageLimit = 10_000

    /// Every segment of the advertiser; the first page without any ends the list.
    func segments(_ target: Target, token: Token) async throws -> [TradeDesk.SegmentEntry] {
        var entries: [TradeDesk.SegmentEntry] = []
        var seen: Set<String> = []
        var pagingToken: String?
        for _ in 0..<Self.pageLimit {
            let call = TradeDesk.Call.listSegments(
                advertiser: target.advertiserId, pagingToken: pagingToken)
            let (page, _) = try await carry(
                call, target, token, repeats: true, as: TradeDesk.SegmentList.self)
            guard let segments = page.segments else {
                throw CallFailure.rejected("the list of segments has no segments")
            }
            entries += segments
            guard !segments.isEmpty, let next = page.pagingToken, !next.isEmpty else {
                return entries
            }
            guard seen.insert(next).inserted else {
                throw CallFailure.rejected("the list of segments repeats a page")
            }
            pagingToken = next
        }
        throw CallFailure.rejected("the list of segments does not end")
    }

    /// Creates the target's segment.
    ///
    /// Tried once: a lost answer may hide a segment that was created.
    func createSegment(_ target: Target, token: Token) async throws -> Segment {
        let creation = TradeDesk.SegmentCreation(
            advertiserID: target.advertiserId, segmentName: target.audienceName,
            region: target.region.text)
        let (created, _) = try await carry(
            .createSegment(creation), target, token, repeats: false,
            as: TradeDesk.SegmentCreated.self)
        return Segment(
            crmDataId: created.crmDataID,
            firstPartyDataId: created.firstPartyDataID.map { "\($0)" }, origin: .created)
    }

    /// Opens a drop; one that was opened in vain costs nothing, so a lost answer is tried again.
    func openDrop(_ target: Target, segment: String, token: Token) async throws -> Drop {
        let type: TradeDesk.PIIType =
            switch target.piiType {
            case .email: .email
            case .hashedEmail: .hashedEmail
            }
        let call = TradeDesk.Call.openDrop(
            advertiser: target.advertiserId, crmDataID: segment,
            TradeDesk.DropOpening(piiType: type))
        let (opened, requestId) = try await carry(
            call, target, token, repeats: true, as: TradeDesk.DropOpened.self)
        return Drop(url: opened.url, reference: opened.referenceID, requestId: requestId)
    }

    /// Uploads the whole list; the same bytes may be sent again, since they replace themselves.
    func upload(_ body: UploadBody, to url: String) async throws -> Int {
        let exchange = Exchange(
            method: "PUT", url: url, token: nil, body: .rows(body), timeout: Self.uploadTimeout)
        var calls = self
        // A drop is open: its list is to arrive, however late it has become.
        calls.deadline = nil
        do {
            return try await calls.tries(exchange, repeats: true).status
        } catch CallFailure.deadToken(let detail) {
            // No token goes there: 401 is the storage's way to refuse the signed address.
            throw CallFailure.unauthorized(detail)
        }
    }

    /// Asks once what became of a drop; nil where TTD cannot be asked now.
    ///
    /// The answer's fields are not public, so it is kept redacted and not understood; no answer is
    /// kept as status 0.
    func dropStatus(
        of run: RunID, _ reference: String, _ target: Target, segment: String, token: Token
    ) async -> DropStatusSeen? {
        let call = TradeDesk.Call.dropStatus(
            advertiser: target.advertiserId, crmDataID: segment, reference: reference)
        let exchange = Exchange(
            method: call.method, url: target.endpoint.text + call.path, token: token, body: .none,
            timeout: Self.questionTimeout)
        // Why the gate is closed matters to nobody: the drop is asked about again.
        switch try? await attemptAtOnce(exchange, token: token.fingerprint) {
        case nil: return nil
        case .success(let answer):
            return DropStatusSeen(
                run: run, status: UInt16(clamping: answer.status),
                answer: Redaction.kept(of: answer.body, isWhole: answer.isWhole))
        case .failure: return DropStatusSeen(run: run, status: 0, answer: "")
        }
    }

    private func carry<Body: Decodable>(
        _ call: TradeDesk.Call, _ target: Target, _ token: Token, repeats: Bool,
        as type: Body.Type
    ) async throws -> (Body, requestId: String?) {
        let body = try call.body.map { try Array(JSONEncoder().encode($0)) }
        let exchange = Exchange(
            method: call.method, url: target.endpoint.text + call.path, token: token,
            body: body.map { .json($0) } ?? .none, timeout: Self.timeout)
        let answer = try await tries(exchange, repeats: repeats)
        do {
            return (try JSONDecoder().decode(type, from: Data(answer.body)), answer.keptRequestId)
        } catch {
            // A success that cannot be read may have created something.
            throw CallFailure.lost("the answer could not be read")
        }
    }
}
