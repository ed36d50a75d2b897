package import MusterCore

/// The list of one instance at one position, read from the log: the same position gives the same
/// bytes.
package struct AudienceSource: Sendable {
    private let files: any FileSystem
    private let instance: InstanceNumber
    private let position: Position
    private let since: Position?

    /// `position` must be durable; `since` is an earlier one to compare with.
    package init(
        files: any FileSystem, instance: InstanceNumber, position: Position,
        since: Position? = nil
    ) {
        self.files = files
        self.instance = instance
        self.position = position
        self.since = since
    }

    /// Reads the whole log up to the position; takes long, and memory for one audience.
    package func read() throws(LogError) -> AudienceReading {
        var audience = Audience(instance: instance)
        var earlier: Membership?
        try LogReader(files).forEach(through: position) { entry in
            if earlier == nil, let since, entry.position > since { earlier = audience.members }
            audience.apply(entry.event.fact)
        }
        if since != nil, earlier == nil { earlier = audience.members }
        let (added, removed) = audience.members.difference(
            from: earlier ?? Membership(keepsAddresses: audience.keepsAddresses))
        return AudienceReading(
            audience: FrozenAudience(
                audience.members, keepsAddresses: audience.keepsAddresses, at: position),
            added: UInt64(added), removed: UInt64(removed))
    }
}

/// A list, and how it differs from that of the earlier position, or from an empty one.
package struct AudienceReading: Sendable {
    package let audience: FrozenAudience
    package let added: UInt64
    package let removed: UInt64

    /// The fact that a run's list was fixed as this one.
    package func frozen(run: RunID, target: Target) -> SyncFrozen {
        SyncFrozen(
            run: run, position: audience.position, count: UInt64(audience.count),
            bytes: audience.bytes, digest: audience.digest, added: added, removed: removed,
            target: target)
    }
}

/// The members of one instance while its events go by.
private struct Audience {
    let instance: InstanceNumber
    private(set) var members = Membership(keepsAddresses: false)
    private(set) var keepsAddresses = false

    init(instance: InstanceNumber) {
        self.instance = instance
    }

    mutating func apply(_ fact: Fact) {
        switch fact {
        case .instanceConfigured(let configured) where configured.instance == instance:
            // It changes only while nobody is in.
            guard let type = configured.change.piiType else { return }
            keepsAddresses = type == .email
            members = Membership(keepsAddresses: keepsAddresses)
        case .membersAdded(let change) where change.instance == instance:
            add(change.identities)
        case .membersRemoved(let change) where change.instance == instance:
            remove(change.identities)
        default: break
        }
    }

    private mutating func add(_ people: Identities) {
        switch people {
        case .digests(let digests):
            for digest in digests { _ = members.insert(digest) }
        case .addresses(let addresses):
            for address in addresses {
                _ = members.insert(address.digest, address: address.bytes)
            }
        }
    }

    private mutating func remove(_ people: Identities) {
        switch people {
        case .digests(let digests):
            for digest in digests { _ = members.remove(digest) }
        case .addresses(let addresses):
            for address in addresses { _ = members.remove(address.digest) }
        }
    }
}
