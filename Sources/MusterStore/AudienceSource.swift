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

    /// Reads the newest snapshot at or before the position and the log from there, or from the
    /// earlier position; takes long, and memory for one audience and what changed.
    package func read() throws(LogError) -> AudienceReading {
        let reader = try LogReader(files)
        var passedOver: [SnapshotFault] = []
        let base = try reader.newestSnapshot(
            through: position, passOver: { passedOver.append($0) }
        ) { content throws(SnapshotFault) in try Audience(instance, content, files) }
        var audience = base?.value ?? Audience(instance: instance)
        var changes = NetChanges(instance: instance)
        let start = base?.header.position ?? 0
        let first = min(start, since ?? start) + 1
        if first <= position {
            try reader.forEach(from: first, through: position) { entry in
                if entry.position > start { audience.apply(entry.event.fact) }
                if let since, entry.position > since { changes.apply(entry.event.fact) }
            }
        }
        return AudienceReading(
            audience: FrozenAudience(
                audience.members, keepsAddresses: audience.keepsAddresses, at: position),
            added: UInt64(since == nil ? audience.members.count : changes.came.count),
            removed: UInt64(changes.left.count), passedOver: passedOver)
    }
}

/// A list, and how it differs from that of the earlier position, or from an empty one.
package struct AudienceReading: Sendable {
    package let audience: FrozenAudience
    package let added: UInt64
    package let removed: UInt64
    /// Snapshots that could not be used, which cost time only.
    package let passedOver: [SnapshotFault]

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

    /// The members in a snapshot; none where the instance is younger.
    init(
        _ instance: InstanceNumber, _ content: SnapshotContent, _ files: any FileSystem
    ) throws(SnapshotFault) {
        self.instance = instance
        guard instance > 0, content.people.count >= Int(instance) else { return }
        members = try Snapshots(files).people(instance, of: content)
        keepsAddresses = content.people[Int(instance) - 1].keepsAddresses
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

/// Who came and who left since a position, as sets.
///
/// Events name only members that really changed, so whoever came first was not in before.
private struct NetChanges {
    let instance: InstanceNumber
    private(set) var came = Membership(keepsAddresses: false)
    private(set) var left = Membership(keepsAddresses: false)

    init(instance: InstanceNumber) {
        self.instance = instance
    }

    mutating func apply(_ fact: Fact) {
        switch fact {
        case .membersAdded(let change) where change.instance == instance:
            for digest in change.identities.digests where !left.remove(digest) {
                _ = came.insert(digest)
            }
        case .membersRemoved(let change) where change.instance == instance:
            for digest in change.identities.digests where !came.remove(digest) {
                _ = left.insert(digest)
            }
        default: break
        }
    }
}

extension Identities {
    fileprivate var digests: [Digest] {
        switch self {
        case .digests(let digests): digests
        case .addresses(let addresses): addresses.map(\.digest)
        }
    }
}
