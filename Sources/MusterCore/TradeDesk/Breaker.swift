/// Leaves a host alone that failed five times in a row, and then lets one call try whether it is
/// back: after 30 s at first, after twice as long each time that it is not, up to 10 minutes.
package struct Breaker: Hashable, Sendable {
    /// So many failures in a row open it.
    package static let failureLimit = 5
    /// How long it stays open at first, in milliseconds.
    package static let firstWait: Int64 = 30_000
    /// How long it stays open at most, in milliseconds.
    package static let lastWait: Int64 = 600_000

    /// What a call may do now.
    package enum Admission: Hashable, Sendable {
        case go
        /// A call that tries the host is under way; its answer decides.
        case probeIsOut
        /// Nothing may be sent for so long.
        case refused(Duration)
    }

    private enum Phase: Hashable, Sendable {
        case closed(failures: Int)
        case open(since: Timestamp, wait: Int64)
        case probing(since: Timestamp, wait: Int64)
    }

    private var phase = Phase.closed(failures: 0)

    package init() {}

    /// Asks for one call; where it may go although the host failed, it is the probe.
    package mutating func admit(at now: Timestamp) -> Admission {
        switch phase {
        case .closed: return .go
        case .probing: return .probeIsOut
        case .open(let since, let wait):
            if let left = timeLeft(at: now) { return .refused(left) }
            phase = .probing(since: since, wait: wait)
            return .go
        }
    }

    /// How long nothing may be sent, nil where a call may go or wait for the probe.
    package func timeLeft(at now: Timestamp) -> Duration? {
        guard case .open(let since, let wait) = phase else { return nil }
        let elapsed = now.milliseconds - since.milliseconds
        // A clock that was set back must not keep it open for longer.
        return (0..<wait).contains(elapsed) ? .milliseconds(wait - elapsed) : nil
    }

    /// The host answered, whatever it said.
    package mutating func succeeded() {
        phase = .closed(failures: 0)
    }

    /// The host could not be reached, did not answer or answered 5xx.
    package mutating func failed(at now: Timestamp) {
        switch phase {
        case .closed(let failures) where failures + 1 < Self.failureLimit:
            phase = .closed(failures: failures + 1)
        case .closed: phase = .open(since: now, wait: Self.firstWait)
        // A call that was under way when it opened says nothing new.
        case .open: break
        case .probing(_, let wait): phase = .open(since: now, wait: min(2 * wait, Self.lastWait))
        }
    }

    /// A call ended without a word of the host; where it was the probe, another may be made.
    package mutating func abandoned() {
        guard case .probing(let since, let wait) = phase else { return }
        phase = .open(since: since, wait: wait)
    }
}
