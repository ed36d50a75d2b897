import FoundationEssentials
import MusterCore
import NIOCore

/// Proves token, access and advertiser of an audience by one listing call, which changes nothing
/// at TTD.
struct InstanceCheck: Sendable {
    /// How long TTD has to answer.
    static let timeout = Duration.seconds(20)

    let calls: APICalls
    let settings: Settings
    let segment: Segment?
    let segmentEndpoint: Endpoint?
    /// What the credential's file said when the check was asked for.
    let credential: Result<Credential, CredentialError>
    let now: Timestamp

    /// Asks once; `timeout` bounds the call.
    func answer(within timeout: Duration) async -> CheckAnswer {
        var answer = CheckAnswer()
        let credential: Credential
        do {
            credential = try self.credential.get()
        } catch {
            answer.problem = CheckProblem(.credential, error.message)
            return answer
        }
        answer.tokenDaysLeft = credential.daysLeft(at: now)
        if let segmentEndpoint, segmentEndpoint != credential.endpoint {
            answer.problem = CheckProblem(
                .credential, "it names another endpoint than the segment's")
            return answer
        }
        let call = TradeDesk.Call.listSegments(
            advertiser: settings.advertiserId, pagingToken: nil)
        let exchange = Exchange(
            method: call.method, url: credential.endpoint.text + call.path,
            token: credential.token, body: .none, timeout: timeout)
        do throws(Gate.Refusal) {
            // A token that was refused is asked about again: that is what a check is for.
            switch try await calls.attemptAtOnce(exchange, token: nil) {
            case .success(let exchange): read(exchange, into: &answer)
            case .failure(.notSent(let why)), .failure(.lost(let why)),
                .failure(.unreadable(let why)):
                answer.problem = CheckProblem(.unreachable, why)
            }
        } catch {
            answer.problem = CheckProblem(.unavailable, error.words)
        }
        return answer
    }

    private func read(_ exchange: ExchangeAnswer, into answer: inout CheckAnswer) {
        answer.requestId = exchange.keptRequestId
        if let refusal = exchange.refusal {
            refuse(refusal, exchange, &answer)
            return
        }
        // As the token was taken, what cannot be read is no list.
        guard
            let page = try? JSONDecoder().decode(
                TradeDesk.SegmentList.self, from: Data(exchange.body)),
            let entries = page.segments
        else {
            answer.problem = CheckProblem(.unavailable, "the answer could not be read")
            return
        }
        answer.token = .ok
        answer.advertiser = .ok
        find(in: entries, isLast: entries.isEmpty || page.pagingToken?.isEmpty != false, &answer)
    }

    private func refuse(
        _ refusal: TradeDesk.Refusal, _ exchange: ExchangeAnswer, _ answer: inout CheckAnswer
    ) {
        let detail = exchange.words(of: refusal)
        switch refusal {
        case .deadToken:
            answer.token = .refused
            answer.problem = CheckProblem(.token, detail)
        case .noAccess:
            answer.token = .ok
            answer.advertiser = .refused
            answer.problem = CheckProblem(.access, detail)
        case .throttled, .unavailable:
            answer.problem = CheckProblem(.unavailable, detail)
        default:
            answer.token = .ok
            answer.problem = CheckProblem(.rejected, detail)
        }
    }

    private func find(
        in entries: [TradeDesk.SegmentEntry], isLast: Bool, _ answer: inout CheckAnswer
    ) {
        let id = segment?.crmDataId ?? settings.externalAudienceId
        let count = entries.count { entry in
            guard let id else {
                return entry.region == settings.region.text
                    && entry.segmentName.utf8.elementsEqual(settings.audienceName.utf8)
            }
            return entry.crmDataID == id
        }
        switch count {
        case 1: answer.segment = .found
        case 2...: answer.segment = .several
        default: answer.segment = isLast ? .absent : .unseen
        }
        // One that is not known yet, and not there, will be created.
        if count > 1 || (answer.segment == .absent && id != nil) {
            answer.problem = CheckProblem(.segment)
        }
    }
}

extension Engine {
    /// Answers `instance.check` when TTD has answered, or the request's deadline has passed.
    func check(
        _ instance: InstanceState, _ request: Request, _ connection: Connection,
        arrival: NIODeadline
    ) {
        let name = instance.settings.credential
        let check = InstanceCheck(
            calls: calls, settings: instance.settings, segment: instance.segment,
            segmentEndpoint: instance.segmentEndpoint,
            credential: Result { () throws(CredentialError) in try credentials.read(name) },
            now: clock.now())
        let asked = request.deadlineMilliseconds.map { milliseconds in
            let left = TimeAmount.milliseconds(milliseconds) - (.now() - arrival)
            return Duration.nanoseconds(max(1_000_000, left.nanoseconds))
        }
        let limit = min(InstanceCheck.timeout, asked ?? InstanceCheck.timeout)
        let (position, version) = (state.position, instance.version)
        connection.expectLateReply(to: request.id)
        let reply = { [self] (answer: CheckAnswer) in
            let body: JSON
            do throws(Rejection) {
                try checkDeadline(of: request, arrival: arrival)
                body = Reply.answer(
                    request.id, answer.json, position: position, version: version)
            } catch {
                body = Reply.refusal(request.id, error)
            }
            connection.replyLate(body, to: request.id)
            endTurn(of: connection)
        }
        whenDurable { [loop] in
            let taker = NIOLoopBound(reply, eventLoop: loop.nonisolated())
            Task {
                let answer = await check.answer(within: limit)
                taker.eventLoop.execute { taker.value(answer) }
            }
        }
    }
}
