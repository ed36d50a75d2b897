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
    ///   - date: the calendar date of `now` in the instance's zone.
    ///   - key: of the people who are kept out; nil where there are none.
    package func decide(
        _ command: Command, at now: Timestamp, date: CalendarDate, key: SuppressionKey? = nil
    ) throws(Rejection) -> Decision {
        switch command {
        case .addMembers(let list): try decide(list, adding: true, key)
        case .removeMembers(let list): try decide(list, adding: false, key)
        case .configure(let configuration): try decide(configuration)
        case .syncNow(let order): try decide(order, at: now, date: date)
        case .retire(let retirement): try decide(retirement)
        }
    }

    /// The instance of this name, or the refusal that there is none.
    package func known(_ id: InstanceID) throws(Rejection) -> InstanceState {
        guard let instance = self[id] else { throw .instanceUnknown }
        return instance
    }

    /// The members of `list` that this instance takes, and those it rejects and why.
    package func sift(
        _ list: MemberList, adding: Bool, key: SuppressionKey? = nil
    ) throws(Rejection) -> (members: [Member], rejected: RejectedMembers) {
        let instance = try known(list.instance)
        let suppressor = Suppressor(suppressions, instance.number, key)
        var members: [Member] = []
        members.reserveCapacity(list.entries.count)
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
                    members.append(member)
                }
            }
        }
        if list.isSingle, let row = rejected.rows.first { throw .memberInvalid(row.reason) }
        if list.isAtomic, rejected.count > 0 { throw .membersInvalid(rejected) }
        return (members, rejected)
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
        let (members, rejected) = try sift(list, adding: adding, key: key)
        let changed = instance.changing(members, adding: adding)
        let unchanged = UInt32(members.count - changed.count)
        let outcome = Decision.Outcome.members(
            changed: UInt32(changed.count), unchanged: unchanged, rejected: rejected)
        guard !changed.isEmpty else { return Decision(facts: [], outcome: outcome) }
        let change = MembersChanged(
            instance: instance.number,
            identities: instance.identities(of: changed, adding: adding), unchanged: unchanged)
        return Decision(
            facts: [adding ? .membersAdded(change) : .membersRemoved(change)], outcome: outcome)
    }
}

extension InstanceState {
    /// Why this audience does not take `member`, or nil.
    fileprivate func objection(to member: Member) -> MemberRejection? {
        if !settings.endpoint.isLoopback, member.isReserved { return .reserved }
        if settings.piiType == .email, case .hashed = member { return .addressNeeded }
        return nil
    }

    /// Those of `members` that are not in yet (or not out yet), each once.
    fileprivate func changing(_ members: [Member], adding: Bool) -> [Member] {
        if members.count == 1 {
            return members.filter { self.members.contains($0.digest) != adding }
        }
        var seen: Set<Digest> = []
        seen.reserveCapacity(members.count)
        return members.filter { member in
            self.members.contains(member.digest) != adding && seen.insert(member.digest).inserted
        }
    }

    fileprivate func identities(of members: [Member], adding: Bool) -> Identities {
        guard adding, settings.piiType == .email else {
            return .digests(members.map(\.digest))
        }
        return .addresses(
            members.compactMap { member in
                if case .email(let email) = member { email } else { nil }
            })
    }
}
