/// What a command leads to: the facts to record, in order, and what its sender is told.
package struct Decision: Sendable {
    package var facts: [Fact]
    package var outcome: Outcome

    /// What the sender is told beside the facts.
    package enum Outcome: Sendable {
        case members(changed: UInt32, unchanged: UInt32, rejected: RejectedMembers)
        case configured(created: Bool, change: SettingsChange)
        case requested
        case retired(count: UInt64)
    }
}

extension State {
    /// The most instances of one daemon.
    package static let instanceLimit = 1000

    /// Decides a command against this state; nothing is changed, and a refusal leaves nothing
    /// behind.
    ///
    /// - Parameters:
    ///   - date: the calendar date of `now` in the instance's zone, which few commands ask for.
    ///   - key: of the people who are kept out; nil where there are none.
    package func decide(
        _ command: Command, at now: Timestamp, date: @autoclosure () -> CalendarDate,
        key: SuppressionKey? = nil
    ) throws(Rejection) -> Decision {
        switch command {
        case .addMembers(let list): try decide(list, adding: true, key)
        case .removeMembers(let list): try decide(list, adding: false, key)
        case .configure(let configuration): try decide(configuration)
        case .syncNow(let order): try decide(order, at: now, date: date())
        case .retire(let retirement): try decide(retirement)
        }
    }

    /// The instance of this name, or the refusal that there is none.
    package func known(_ id: InstanceID) throws(Rejection) -> InstanceState {
        guard let instance = self[id] else { throw .instanceUnknown }
        return instance
    }

    /// The members of `list` that its instance rejects, and why.
    package func rejected(
        of list: MemberList, adding: Bool, key: SuppressionKey? = nil
    ) throws(Rejection) -> RejectedMembers {
        try screen(list, of: try known(list.instance), adding: adding, key) { _ in }
    }

    /// Calls `body` with the members of `list` that this instance takes, in order; returns those it
    /// rejects, unless they refuse the whole command.
    private func screen(
        _ list: MemberList, of instance: InstanceState, adding: Bool, _ key: SuppressionKey?,
        _ body: (Member) -> Void
    ) throws(Rejection) -> RejectedMembers {
        let suppressor = Suppressor(suppressions, instance.number, key)
        var rejected = RejectedMembers()
        for (index, entry) in list.entries.enumerated() {
            switch entry {
            case .rejected(let reason): rejected.note(index, reason)
            case .member(let member):
                if adding, let reason = instance.objection(to: member) {
                    rejected.note(index, reason)
                } else if adding, suppressor.keepsOut(member) {
                    rejected.note(index, .suppressed)
                } else {
                    body(member)
                }
            }
        }
        if list.isSingle, let row = rejected.rows.first { throw .memberInvalid(row.reason) }
        if list.isAtomic, rejected.count > 0 { throw .membersInvalid(rejected) }
        return rejected
    }

    private func decide(_ retirement: Retirement) throws(Rejection) -> Decision {
        let instance = try known(retirement.instance)
        // A run under way rebuilds its list from the log, and would send it all the same.
        if let run = instance.activeRun { throw .syncRunning(run.id) }
        let count = UInt64(instance.members.count)
        guard count == retirement.expectedCount else {
            throw .instanceCountChanged(expected: retirement.expectedCount, actual: count)
        }
        let outcome = Decision.Outcome.retired(count: count)
        guard count > 0 || instance.settings.enabled else {
            return Decision(facts: [], outcome: outcome)
        }
        let retired = InstanceRetired(instance: instance.number, count: count)
        return Decision(facts: [.instanceRetired(retired)], outcome: outcome)
    }

    private func decide(
        _ list: MemberList, adding: Bool, _ key: SuppressionKey?
    ) throws(Rejection) -> Decision {
        let instance = try known(list.instance)
        var change = ListedChange(of: instance, list.entries.count, adding: adding)
        let rejected = try screen(list, of: instance, adding: adding, key) { change.take($0) }
        let changed = UInt32(change.identities.count)
        let outcome = Decision.Outcome.members(
            changed: changed, unchanged: change.unchanged, rejected: rejected)
        guard changed > 0 else { return Decision(facts: [], outcome: outcome) }
        let fact = MembersChanged(
            instance: instance.number, identities: change.identities, unchanged: change.unchanged)
        return Decision(
            facts: [adding ? .membersAdded(fact) : .membersRemoved(fact)], outcome: outcome)
    }
}

/// What the members of a list change in an audience, gathered one after another.
private struct ListedChange {
    private let members: Membership
    private let adding: Bool
    private let isSingle: Bool
    private let keepsAddresses: Bool
    private var seen: Set<Digest> = []
    private var digests: [Digest] = []
    private var addresses: [Email] = []
    private(set) var unchanged: UInt32 = 0

    init(of instance: InstanceState, _ count: Int, adding: Bool) {
        members = instance.members
        self.adding = adding
        isSingle = count == 1
        keepsAddresses = adding && instance.settings.piiType == .email
        if keepsAddresses {
            addresses.reserveCapacity(count)
        } else {
            digests.reserveCapacity(count)
        }
        if !isSingle { seen.reserveCapacity(count) }
    }

    var identities: Identities { keepsAddresses ? .addresses(addresses) : .digests(digests) }

    /// Notes one who is not in yet (or not out yet), each once.
    mutating func take(_ member: Member) {
        let digest = member.digest
        guard members.contains(digest) != adding, isSingle || seen.insert(digest).inserted else {
            unchanged += 1
            return
        }
        if !keepsAddresses {
            digests.append(digest)
        } else if case .email(let email) = member {
            addresses.append(email)
        }
    }
}

extension InstanceState {
    /// Why this audience does not take `member`, or nil.
    fileprivate func objection(to member: Member) -> MemberRejection? {
        if !settings.endpoint.isLoopback, member.isReserved { return .reserved }
        if settings.piiType == .email, case .hashed = member { return .addressNeeded }
        return nil
    }
}
