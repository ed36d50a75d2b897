import FoundationEssentials
import MusterCore

extension APICalls {
    /// Carries an exchange out, again where that may help: at most eight tries, each through the
    /// gate, none after the deadline.
    func tries(_ exchange: Exchange, repeats: Bool) async throws -> ExchangeAnswer {
        let place = Gate.Place(exchange)
        var failure = CallFailure.unavailable("not tried")
        for number in 0..<Backoff.tries {
            var isFree = false
            var wait = Backoff.delay(attempt: number, random: Randomness.number())
            switch try await once(exchange, place) {
            case .alone:
                failure = .unavailable("TTD failed again and again, and is left alone")
                isFree = true
            case .answer(let answer):
                guard let refusal = answer.refusal else { return answer }
                failure = CallFailure(refusal, answer.words(of: refusal, inUpload: place.isUpload))
                if refusal == .deadToken, let token = exchange.token {
                    gate.bury(token.fingerprint, at: place)
                }
                let isFinal = !refusal.mayPass || (refusal == .unavailable && !repeats)
                if isFinal { throw failure }
                if refusal == .throttled {
                    // TTD did nothing, and said when to come again.
                    isFree = true
                    wait = RetryAfter.wait(answer.retryAfter, now: clock.now())
                }
            case .none(.unreadable(let why)): throw CallFailure.unreadable(why)
            case .none(.notSent(let why)): failure = .unavailable(why)
            case .none(.lost(let why)):
                failure = .lost(why)
                if !repeats { throw failure }
            }
            let alone = gate.timeLeft(place, at: clock.now()) ?? .zero
            guard number + 1 < Backoff.tries, alone <= Gate.patience,
                isFree || gate.mayRetry(place)
            else { break }
            try await pause(max(wait, alone))
        }
        throw failure
    }

    private enum Try {
        case answer(ExchangeAnswer)
        case none(TransportError)
        /// The host's breaker is open, so nothing was sent.
        case alone
    }

    private func once(_ exchange: Exchange, _ place: Gate.Place) async throws -> Try {
        do {
            try await gate.enter(place, token: exchange.token?.fingerprint, at: clock.now())
        } catch Gate.Refusal.deadToken {
            throw CallFailure.deadToken(
                "TTD refused this token before; put another into the credential's file")
        } catch is Gate.Refusal {
            return .alone
        }
        if let deadline, clock.now() >= deadline {
            gate.leave(place, .abandoned, at: clock.now())
            throw PastDeadline()
        }
        return switch await attempt(exchange, place) {
        case .success(let answer): .answer(answer)
        case .failure(let error): .none(error)
        }
    }

    /// Waits, but only until the deadline: the next try finds then that it is over.
    private func pause(_ wait: Duration) async throws {
        guard let deadline else { return try await clock.sleep(for: wait) }
        let left = deadline.milliseconds - clock.now().milliseconds
        try await clock.sleep(for: min(wait, .milliseconds(max(0, left))))
    }

    /// Carries an exchange out once, where nobody waits and a place is free; `token` is one that must
    /// not have been refused before.
    func attemptAtOnce(
        _ exchange: Exchange, token: UInt32?
    ) async throws(Gate.Refusal) -> Result<ExchangeAnswer, TransportError> {
        let place = Gate.Place(exchange)
        try gate.enterAtOnce(place, token: token, at: clock.now())
        return await attempt(exchange, place)
    }

    /// Carries an exchange out that is through the gate, and leaves it.
    private func attempt(_ exchange: Exchange, _ place: Gate.Place) async
        -> Result<ExchangeAnswer, TransportError>
    {
        do {
            let answer = try await transport.carry(exchange).without(exchange.token)
            let ending: Gate.Ending =
                switch answer.refusal {
                case .throttled: .throttled
                case .unavailable: .failed
                default: .answered
                }
            gate.leave(place, ending, at: clock.now())
            return .success(answer)
        } catch {
            if case .unreadable = error {
                gate.leave(place, .abandoned, at: clock.now())
            } else {
                gate.leave(place, .failed, at: clock.now())
            }
            return .failure(error)
        }
    }
}
