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
    /// It comes to the same as `decide` and `apply`, and looks for each member once instead of twice.
    /// To ask for each by itself from outside would also copy the state's references every time, which
    /// takes longer than the rest of a small command.
    package mutating func carryOut(
        _ list: MemberList, adding: Bool, by actor: Actor, _ stamp: CommandStamp?,
        at now: Timestamp, key: SuppressionKey? = nil
    ) throws(Rejection) -> MemberOutcome {
        let number = try number(of: list.instance)
        let change = try change(of: number, list, adding: adding, key)
        let event = change.fact.map { Event(at: now, actor: actor, command: stamp, fact: $0) }
        if let event { count(event, of: number, change) }
        return MemberOutcome(
            event: event, changed: change.changed, unchanged: change.unchanged,
            rejected: change.rejected, members: memberCount(of: number),
            version: version(of: number))
    }

    /// Asks for the memory that a member command will need, which is mostly far from the processor,
    /// and waits for none of it; what stands behind the list's first members is asked for later.
    ///
    /// Mutating for the reason of `receipt`.
    package mutating func prefetch(_ list: MemberList, _ stamp: CommandStamp?) {
        if let stamp { prefetchReceipt(of: stamp.id) }
        guard let number = try? number(of: list.instance) else {
            // The command will be refused, for which no memory is needed.
            return
        }
        instances.span[Int(number) - 1].members.prefetch(list.members.entries.span, from: 0)
    }

    /// The members of `list` that its instance rejects, and why.
    package func rejected(
        of list: MemberList, adding: Bool, key: SuppressionKey? = nil
    ) throws(Rejection) -> RejectedMembers {
        let number = try number(of: list.instance)
        let screen = adding ? screen(of: number, key) : nil
        var rejected = RejectedMembers()
        for (index, entry) in list.members.entries.enumerated() {
            if let reason = entry.objection(screen) { rejected.note(index, reason) }
        }
        if list.isSingle, let row = rejected.rows.first { throw .memberInvalid(row.reason) }
        if list.isAtomic, rejected.count > 0 { throw .membersInvalid(rejected) }
        return rejected
    }

    func decide(
        _ list: MemberList, adding: Bool, _ key: SuppressionKey?
    ) throws(Rejection) -> Decision {
        var copy = self
        let change = try copy.change(
            of: try number(of: list.instance), list, adding: adding, key)
        return Decision(
            facts: change.fact.map { [$0] } ?? [],
            outcome: .members(
                changed: change.changed, unchanged: change.unchanged, rejected: change.rejected))
    }

    /// Takes those of `list` in or out whom the audience takes; the event that tells it is counted
    /// by itself.
    private mutating func change(
        of number: InstanceNumber, _ list: MemberList, adding: Bool, _ key: SuppressionKey?
    ) throws(Rejection) -> MemberChange {
        if list.isAtomic { _ = try rejected(of: list, adding: adding, key: key) }
        return try carryOut(
            list, adding: adding, of: number, adding ? screen(of: number, key) : nil)
    }
}

extension State {
    fileprivate func screen(of number: InstanceNumber, _ key: SuppressionKey?) -> MemberScreen {
        MemberScreen(
            suppressor: suppressions.isEmpty ? nil : Suppressor(suppressions, number, key),
            keepsAddresses: piiType(of: number) == .email, takesReserved: isLoopback(number))
    }
}

/// What a member command leads to.
struct MemberChange {
    let fact: Fact?
    let changed: UInt32
    let unchanged: UInt32
    let rejected: RejectedMembers

    fileprivate init(
        of number: InstanceNumber, adding: Bool, _ change: ListedChange, rejected: RejectedMembers
    ) {
        let identities = change.identities
        let fact = MembersChanged(
            instance: number, identities: identities, unchanged: change.unchanged)
        self.fact =
            identities.count == 0 ? nil : adding ? .membersAdded(fact) : .membersRemoved(fact)
        changed = UInt32(identities.count)
        unchanged = change.unchanged
        self.rejected = rejected
    }
}

extension Membership {
    /// Takes those of a list in or out whom `screen` lets pass, and tells who really came or went.
    ///
    /// A single member that it does not let pass is thrown, and nothing has changed; of an atomic list
    /// it must let everybody pass.
    mutating func carryOut(
        _ list: MemberList, adding: Bool, of number: InstanceNumber, _ screen: MemberScreen?,
        keepsAddresses: Bool
    ) throws(Rejection) -> MemberChange {
        let entries = list.members.entries.span
        var rejected = RejectedMembers()
        var change = ListedChange(
            count: entries.count, keepsAddresses: adding && keepsAddresses)
        for index in entries.indices {
            if index.isMultiple(of: Self.lookAhead) {
                prefetch(entries, from: index + Self.lookAhead)
            }
            let entry = entries[index]
            if let reason = entry.objection(screen) {
                if list.isSingle { throw .memberInvalid(reason) }
                rejected.note(index, reason)
            } else if let digest = entry.digest {
                let email = keepsAddresses && adding ? list.members.email(of: entry) : nil
                change.note(
                    digest, email,
                    isChanged: adding ? insert(digest, address: email?.bytes) : remove(digest))
            }
        }
        return MemberChange(of: number, adding: adding, change, rejected: rejected)
    }

    /// Looks ahead to a few at once, so that the processor finds where their memory is for all of them
    /// at the same time: it waits for that, as it does not for the memory itself.
    fileprivate func prefetch(_ entries: Span<NamedMembers.Entry>, from start: Int) {
        for place in min(start, entries.count)..<min(start + Self.lookAhead, entries.count) {
            if let digest = entries[place].digest { prefetch(digest) }
        }
    }
}

extension NamedMembers.Entry {
    /// Why it is not taken, or nil.
    fileprivate func objection(_ screen: MemberScreen?) -> MemberRejection? {
        switch self {
        case .rejected(let reason): reason
        case .hashed(let digest), .address(let digest, _, _): screen?.objection(to: self, digest)
        }
    }
}

/// Tells which members an audience takes in.
struct MemberScreen {
    let suppressor: Suppressor?
    let keepsAddresses: Bool
    let takesReserved: Bool

    /// Why this audience does not take a member in, or nil.
    func objection(to entry: NamedMembers.Entry, _ digest: Digest) -> MemberRejection? {
        if !takesReserved, Member.isReserved(digest) { return .reserved }
        if keepsAddresses, case .hashed = entry { return .addressNeeded }
        return suppressor?.keepsOut(digest) == true ? .suppressed : nil
    }
}

/// What the members of a list change in an audience, gathered one after another.
private struct ListedChange {
    private let keepsAddresses: Bool
    private var digests: [Digest] = []
    private var addresses: [Email] = []
    private(set) var unchanged: UInt32 = 0

    init(count: Int, keepsAddresses: Bool) {
        self.keepsAddresses = keepsAddresses
        if keepsAddresses {
            addresses.reserveCapacity(count)
        } else {
            digests.reserveCapacity(count)
        }
    }

    var identities: Identities { keepsAddresses ? .addresses(addresses) : .digests(digests) }

    /// Notes one who came or went, or did not.
    mutating func note(_ digest: Digest, _ email: Email?, isChanged: Bool) {
        if !isChanged {
            unchanged += 1
        } else if !keepsAddresses {
            digests.append(digest)
        } else if let email {
            addresses.append(email)
        }
    }
}
