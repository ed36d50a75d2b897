/// The fold of a log's events, many at a time; it comes to what `State.apply` on one after the other
/// comes to.
///
/// A set of millions lies far from the processor, and people come in no order, so that each one
/// waits for memory of their own. Those whom events add are gathered here, sorted, and taken in then:
/// a part of a set is made anew once for all who belong to it, and one half of them uses nothing that
/// the other uses. Whatever else happens lets those who were gathered be taken in before it.
package struct StateFold: Sendable {
    /// How many people are gathered, at 120 bytes each, while few are in.
    package static let limit = 1 << 19
    /// How many at most: enough for eight hundred to meet in each part of sets of ten million.
    private static let most = 1 << 21
    /// Fewer are taken in as they came: to part the sets takes longer than they do.
    package static let least = 1 << 14

    /// Does two things, at the same time where it can, and returns when both are done.
    package typealias Both =
        @Sendable (
            _ first: @Sendable () -> Void, _ second: @Sendable () -> Void
        ) -> Void

    private var state: State
    private let limit: Int
    /// How many people are gathered now: an eighth of those who are in, so that a part of a set made
    /// anew for them moves eight for each of them.
    private var room: Int
    private let least: Int
    private let both: Both
    private var gathered = GatheredEvents()
    private var spaces = [SortingSpace(), SortingSpace()]

    /// A fold that goes on from `state`.
    package init(
        _ state: State, limit: Int = Self.limit, least: Int = Self.least, both: @escaping Both
    ) {
        self.state = state
        self.limit = limit
        room = limit
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
        if gathered.count >= room { takeInGathered() }
    }

    /// The state that all events so far lead to.
    package mutating func finish() -> State {
        takeInGathered()
        gathered = GatheredEvents()
        spaces = [SortingSpace(), SortingSpace()]
        return state
    }

    private mutating func takeInGathered() {
        guard !gathered.events.isEmpty else { return }
        if gathered.count < least {
            state.apply(gathered)
        } else {
            state.apply(gathered, &spaces, both)
        }
        gathered.removeAll()
        room = max(limit, min(Self.most, state.memberCount / 8))
    }
}

extension State {
    /// The members of all instances.
    fileprivate var memberCount: Int { instances.reduce(0) { $0 + $1.members.count } }

    /// Whether the instance is there and keeps digests and no addresses.
    fileprivate func keepsDigests(_ number: InstanceNumber) -> Bool {
        guard number > 0, Int(number) <= instances.count else { return false }
        return piiType(of: number) != .email
    }
}
