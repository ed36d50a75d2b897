import MusterCore
import Synchronization

/// What every request passes, whichever run makes it: the ceiling of calls under way, the breaker
/// of its host, its budget of calls made again, and the tokens that TTD has refused there.
///
/// All API calls to one host share a ceiling. Uploads have none: the storage is another service,
/// and an upload that waits for its turn lets its signed address expire. A breaker they have, apart
/// from the API's even where one host serves both.
final class Gate: Sendable {
    /// A host, for one of its two purposes.
    struct Place: Hashable, Sendable {
        let host: String
        let isUpload: Bool

        init(_ exchange: Exchange) {
            // What has no readable host is refused by the transport, and shares a place till then.
            host = Address(exchange.url).map { "\($0.host):\($0.port)" } ?? ""
            if case .rows = exchange.body { isUpload = true } else { isUpload = false }
        }
    }

    /// Why nothing may be sent.
    enum Refusal: Error, Equatable {
        case left(alone: Duration)
        case deadToken
        /// Nobody is to wait, and no place is free.
        case full

        /// For somebody who asked for one call.
        var words: String {
            switch self {
            case .left(let alone):
                "it failed again and again, and is asked again in \(alone.components.seconds + 1) s"
            case .deadToken: "it refused this token before"
            case .full: "as many calls as it allows are under way; ask again in a minute"
            }
        }
    }

    /// How a request that went through the gate ended.
    enum Ending: Sendable {
        case answered, throttled, failed
        /// Its end says nothing of the host.
        case abandoned
    }

    /// A host that is left alone for longer is not waited for.
    ///
    /// A run that ends `unavailable` is tried again each hour, and many runs that wait would hold
    /// their lists until they are stale. A short one is waited for, since a disturbance of seconds
    /// must not cost every run an hour.
    static let patience = Duration.seconds(300)

    fileprivate typealias Pass = CheckedContinuation<Void, any Error>

    fileprivate struct Line {
        var concurrency = Concurrency()
        var breaker = Breaker()
        var budget = RetryBudget()
        var waiters: [(number: Int, pass: Pass)] = []
        var deadTokens: Set<UInt32> = []

        /// Nil where it is to wait.
        mutating func admission(isUpload: Bool, at now: Timestamp) -> Result<Void, Refusal>? {
            if !isUpload, concurrency.isFull { return nil }
            switch breaker.admit(at: now) {
            case .go:
                if !isUpload { _ = concurrency.begin() }
                return .success(())
            case .probeIsOut: return nil
            case .refused(let left): return .failure(.left(alone: left))
            }
        }
    }

    fileprivate struct State {
        var lines: [Place: Line] = [:]
        var nextNumber = 0
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    /// Returns when the request may be sent, in the order of coming; every entry needs a `leave`.
    func enter(_ place: Place, token: UInt32?, at now: Timestamp) async throws {
        try Task.checkCancellation()
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (pass: Pass) in
                let answer = state.withLock { $0.enter(place, number, pass, at: now) }
                if let answer { pass.resume(with: answer) }
            }
        } onCancel: {
            state.withLock { $0.forget(number, at: place) }?.resume(throwing: CancellationError())
        }
        // Another run may have been refused with the same token while this one waited.
        if let token, isDead(token, at: place) {
            leave(place, .abandoned, at: now)
            throw Refusal.deadToken
        }
    }

    /// Enters where nobody waits and a place is free.
    func enterAtOnce(_ place: Place, token: UInt32?, at now: Timestamp) throws(Refusal) {
        if let token, isDead(token, at: place) { throw .deadToken }
        let answer: Result<Void, Refusal> = state.withLock { state in
            guard state.lines[place]?.waiters.isEmpty ?? true else { return .failure(.full) }
            return state.lines[place, default: Line()]
                .admission(isUpload: place.isUpload, at: now) ?? .failure(.full)
        }
        try answer.get()
    }

    /// The request has ended; whoever waits longest goes next.
    func leave(_ place: Place, _ ending: Ending, at now: Timestamp) {
        let next = state.withLock { $0.leave(place, ending, at: now) }
        for (pass, answer) in next { pass.resume(with: answer) }
    }

    /// How long the host is still left alone; nil where it is not.
    func timeLeft(_ place: Place, at now: Timestamp) -> Duration? {
        state.withLock { $0.lines[place]?.breaker.timeLeft(at: now) }
    }

    /// Whether a call that failed may be made again, which it then is.
    func mayRetry(_ place: Place) -> Bool {
        state.withLock { $0.lines[place, default: Line()].budget.spend() }
    }

    /// How many requests wait for their turn.
    func waiterCount(at place: Place) -> Int {
        state.withLock { $0.lines[place]?.waiters.count ?? 0 }
    }

    /// No request to this host carries the token again.
    ///
    /// This process remembers it, so a restart asks TTD once more.
    func bury(_ token: UInt32, at place: Place) {
        _ = state.withLock { $0.lines[place, default: Line()].deadTokens.insert(token) }
    }

    private func isDead(_ token: UInt32, at place: Place) -> Bool {
        state.withLock { $0.lines[place]?.deadTokens.contains(token) ?? false }
    }
}

extension Gate.State {
    fileprivate mutating func enter(
        _ place: Gate.Place, _ number: Int, _ pass: Gate.Pass, at now: Timestamp
    ) -> Result<Void, any Error>? {
        guard cancelled.remove(number) == nil else { return .failure(CancellationError()) }
        var line = lines[place] ?? Gate.Line()
        defer { lines[place] = line }
        if line.waiters.isEmpty,
            let answer = line.admission(isUpload: place.isUpload, at: now)
        {
            return answer.mapError { $0 as any Error }
        }
        line.waiters.append((number, pass))
        return nil
    }

    /// Takes a waiter out; one that has not come to wait yet is refused when it does.
    fileprivate mutating func forget(_ number: Int, at place: Gate.Place) -> Gate.Pass? {
        guard let index = lines[place]?.waiters.firstIndex(where: { $0.number == number }) else {
            cancelled.insert(number)
            return nil
        }
        return lines[place]?.waiters.remove(at: index).pass
    }

    fileprivate mutating func leave(_ place: Gate.Place, _ ending: Gate.Ending, at now: Timestamp)
        -> [(Gate.Pass, Result<Void, any Error>)]
    {
        var line = lines[place] ?? Gate.Line()
        if !place.isUpload { line.concurrency.end() }
        switch ending {
        case .answered:
            line.concurrency.succeeded()
            line.breaker.succeeded()
            line.budget.answered()
        case .throttled:
            line.concurrency.wasThrottled()
            line.breaker.succeeded()
        case .failed: line.breaker.failed(at: now)
        case .abandoned: line.breaker.abandoned()
        }
        var next: [(Gate.Pass, Result<Void, any Error>)] = []
        while let waiter = line.waiters.first,
            let answer = line.admission(isUpload: place.isUpload, at: now)
        {
            line.waiters.removeFirst()
            next.append((waiter.pass, answer.mapError { $0 as any Error }))
        }
        // TTD names the hosts of uploads: those that are well need not be remembered.
        let isIdle =
            line.waiters.isEmpty && line.deadTokens.isEmpty
            && line.concurrency == Concurrency() && line.breaker == Breaker()
            && line.budget == RetryBudget()
        lines[place] = isIdle ? nil : line
        return next
    }
}
