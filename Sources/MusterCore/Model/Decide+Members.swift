/// A member command that was decided and applied: what its sender is told, and the event, if anything
/// changed.
package struct MemberOutcome: Sendable {
    package let event: Event?
    package let changed: UInt32
    package let unchanged: UInt32
    package let rejected: RejectedMembers
    /// How many members the audience has now.
    package let members: UInt64
    /// How many commands changed the instance.
    package let version: UInt64
}

extension State {
    /// Decides a member command and applies what it leads to; a refusal changes nothing.
    ///
    /// It comes to the same as `decide` and `apply`. To ask for each by itself from outside would
    /// copy the state's references every time, which takes longer than the rest of a small command.
    package mutating func carryOut(
        _ list: MemberList, adding: Bool, by actor: Actor, _ stamp: CommandStamp?,
        at now: Timestamp, key: SuppressionKey? = nil
    ) throws(Rejection) -> MemberOutcome {
        let number = try number(of: list.instance)
        let change = try change(of: number, list, adding: adding, key)
        let event = change.fact.map { Event(at: now, actor: actor, command: stamp, fact: $0) }
        if let event { apply(event) }
        return MemberOutcome(
            event: event, changed: change.changed, unchanged: change.unchanged,
            rejected: change.rejected, members: memberCount(of: number),
            version: version(of: number))
    }

    /// The members of `list` that its instance rejects, and why.
    package func rejected(
        of list: MemberList, adding: Bool, key: SuppressionKey? = nil
    ) throws(Rejection) -> RejectedMembers {
        let screen = MemberScreen(of: try number(of: list.instance), self, adding: adding, key)
        return try screen.pass(list) { _, _ in }
    }

    func decide(
        _ list: MemberList, adding: Bool, _ key: SuppressionKey?
    ) throws(Rejection) -> Decision {
        let change = try change(of: try number(of: list.instance), list, adding: adding, key)
        return Decision(
            facts: change.fact.map { [$0] } ?? [],
            outcome: .members(
                changed: change.changed, unchanged: change.unchanged, rejected: change.rejected))
    }

    private func change(
        of number: InstanceNumber, _ list: MemberList, adding: Bool, _ key: SuppressionKey?
    ) throws(Rejection) -> MemberChange {
        let screen = MemberScreen(of: number, self, adding: adding, key)
        var change = ListedChange(of: screen, list)
        let rejected = try screen.pass(list) { change.take($0, $1) }
        let identities = change.identities
        let fact = MembersChanged(
            instance: number, identities: identities, unchanged: change.unchanged)
        return MemberChange(
            fact: identities.count == 0
                ? nil : adding ? .membersAdded(fact) : .membersRemoved(fact),
            changed: UInt32(identities.count), unchanged: change.unchanged, rejected: rejected)
    }
}

/// What a member command leads to.
private struct MemberChange {
    let fact: Fact?
    let changed: UInt32
    let unchanged: UInt32
    let rejected: RejectedMembers
}

/// Tells which members of a list an audience takes.
private struct MemberScreen {
    let members: Membership
    private let suppressor: Suppressor
    let adding: Bool
    let keepsAddresses: Bool
    private let takesReserved: Bool

    init(of number: InstanceNumber, _ state: State, adding: Bool, _ key: SuppressionKey?) {
        members = state.members(of: number)
        suppressor = Suppressor(state.suppressions, number, key)
        self.adding = adding
        keepsAddresses = state.piiType(of: number) == .email
        takesReserved = state.isLoopback(number)
    }

    /// Calls `body` with the members of `list` that the audience takes, in order; returns those it
    /// rejects, unless they refuse the whole command.
    func pass(
        _ list: MemberList, _ body: (NamedMembers.Entry, Digest) -> Void
    ) throws(Rejection) -> RejectedMembers {
        var rejected = RejectedMembers()
        let entries = list.members.entries
        for (index, entry) in entries.enumerated() {
            let ahead = index + Membership.lookAhead
            if ahead < entries.count, let digest = entries[ahead].digest {
                members.prefetch(digest)
            }
            switch entry {
            case .rejected(let reason): rejected.note(index, reason)
            case .hashed(let digest), .address(let digest, _, _):
                if adding, let reason = objection(to: entry, digest) {
                    rejected.note(index, reason)
                } else {
                    body(entry, digest)
                }
            }
        }
        if list.isSingle, let row = rejected.rows.first { throw .memberInvalid(row.reason) }
        if list.isAtomic, rejected.count > 0 { throw .membersInvalid(rejected) }
        return rejected
    }

    /// Why this audience does not take a member in, or nil.
    private func objection(to entry: NamedMembers.Entry, _ digest: Digest) -> MemberRejection? {
        if !takesReserved, Member.isReserved(digest) { return .reserved }
        if keepsAddresses, case .hashed = entry { return .addressNeeded }
        return suppressor.keepsOut(digest) ? .suppressed : nil
    }
}

/// What the members of a list change in an audience, gathered one after another.
private struct ListedChange {
    private let members: Membership
    private let list: NamedMembers
    private let adding: Bool
    private let isSingle: Bool
    private let keepsAddresses: Bool
    private var seen: Set<Digest> = []
    private var digests: [Digest] = []
    private var addresses: [Email] = []
    private(set) var unchanged: UInt32 = 0

    init(of screen: MemberScreen, _ list: MemberList) {
        members = screen.members
        self.list = list.members
        adding = screen.adding
        let count = list.members.count
        isSingle = count == 1
        keepsAddresses = adding && screen.keepsAddresses
        if keepsAddresses {
            addresses.reserveCapacity(count)
        } else {
            digests.reserveCapacity(count)
        }
        if !isSingle { seen.reserveCapacity(count) }
    }

    var identities: Identities { keepsAddresses ? .addresses(addresses) : .digests(digests) }

    /// Notes one who is not in yet (or not out yet), each once.
    mutating func take(_ entry: NamedMembers.Entry, _ digest: Digest) {
        guard members.contains(digest) != adding, isSingle || seen.insert(digest).inserted else {
            unchanged += 1
            return
        }
        if !keepsAddresses {
            digests.append(digest)
        } else if let email = list.email(of: entry) {
            addresses.append(email)
        }
    }
}
