/// The fold of a log's events, many at a time; it comes to what `State.apply` on one after the other
/// comes to.
///
/// A set of millions lies far from the processor, and people come in no order, so that each one
/// waits for memory of their own. Those whom events add are gathered here, brought into the rough
/// order of their digests, and taken in then: neighbours use the same memory, and one half of them
/// nothing that the other uses. Whatever else happens lets those who were gathered be taken in before
/// it.
package struct StateFold: Sendable {
    /// How many people are gathered: enough for a hundred to meet in each part of sets of ten
    /// million, at 72 bytes each.
    package static let limit = 1 << 18
    /// Fewer are taken in as they came: to part the sets takes longer than they do.
    package static let least = 1 << 14

    /// Does two things, at the same time where it can, and returns when both are done.
    package typealias Both =
        @Sendable (
            _ first: @Sendable () -> Void, _ second: @Sendable () -> Void
        ) -> Void

    private var state: State
    private let limit: Int
    private let least: Int
    private let both: Both
    private var gathered = GatheredEvents()

    /// A fold that goes on from `state`.
    package init(
        _ state: State, limit: Int = Self.limit, least: Int = Self.least, both: @escaping Both
    ) {
        self.state = state
        self.limit = limit
        self.least = least
        self.both = both
    }

    /// Takes over the next event of the log.
    package mutating func apply(_ event: Event) {
        guard case .membersAdded(let change) = event.fact,
            case .digests(let digests) = change.identities, state.keepsDigests(change.instance)
        else {
            takeInGathered()
            state.apply(event)
            return
        }
        gathered.append(event.command, change, digests)
        if gathered.people.count >= limit { takeInGathered() }
    }

    /// The state that all events so far lead to.
    package mutating func finish() -> State {
        takeInGathered()
        gathered = GatheredEvents()
        return state
    }

    private mutating func takeInGathered() {
        guard !gathered.events.isEmpty else { return }
        if gathered.people.count < least {
            state.apply(gathered)
        } else {
            state.apply(&gathered, both)
        }
        gathered.removeAll()
    }
}

extension State {
    /// Whether the instance is there and keeps digests and no addresses.
    fileprivate func keepsDigests(_ number: InstanceNumber) -> Bool {
        guard number > 0, Int(number) <= instances.count else { return false }
        return piiType(of: number) != .email
    }
}
