package import MusterCore

/// The list of one instance at one position, read from the log: the same position gives the same
/// bytes.
package struct AudienceSource: Sendable {
    let files: any FileSystem
    let instance: InstanceNumber
    let position: Position
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
    /// earlier position; takes long, and memory for what changed since that snapshot.
    ///
    /// A snapshot that turns out damaged is passed over for the one before it, and at last for the
    /// log alone.
    package func read() throws(LogError) -> AudienceReading {
        var reading = try begin()
        while try reading.next() != nil {}
        return try reading.finished()
    }

    /// The same for whoever wants the rows meanwhile.
    package func begin() throws(LogError) -> ListReading { try ListReading(of: self) }

    /// What the log says of the list since a snapshot.
    struct Changes {
        let people: MergedPeople
        let net: NetChanges
    }

    /// Reads the log from the newest snapshot at or before `limit` on.
    func changes(
        _ reader: LogReader, through limit: Position, passOver: (SnapshotFault) -> Void
    ) throws(LogError) -> Changes {
        let base = try reader.newestSnapshot(through: limit, passOver: passOver) {
            content throws(SnapshotFault) in try PeopleFile(instance, of: content, on: files)
        }
        let start = base?.header.position ?? 0
        var changes = ListChanges(toListWithAddresses: base?.value?.keepsAddresses)
        var net = NetChanges()
        let first = min(start, since ?? start) + 1
        if first <= position {
            try reader.forEach(from: first, through: position) { entry in
                let fact = entry.event.fact
                guard fact.instance == instance else { return }
                if entry.position > start { changes.apply(fact) }
                if let since, entry.position > since { net.apply(fact) }
                if changes.recentCount >= ListChanges.limit { changes.settle() }
            }
        }
        changes.settle()
        return Changes(people: MergedPeople(base?.value, changes), net: net)
    }

    /// A list and how it differs from that of the earlier position.
    func compare(
        _ audience: FrozenAudience, _ net: NetChanges, passedOver: [SnapshotFault]
    ) throws(LogError) -> AudienceReading {
        if let since, net.isEmptied {
            let before = try AudienceSource(files: files, instance: instance, position: since)
                .read()
            return try before.audience.reading(of: audience, passedOver: passedOver)
        }
        return AudienceReading(
            audience: audience, added: UInt64(since == nil ? audience.count : net.came.count),
            removed: UInt64(net.left.count), passedOver: passedOver)
    }
}

extension FrozenAudience {
    /// A later list, and how it differs from this one; walks over both, which are in order.
    fileprivate func reading(
        of later: FrozenAudience, passedOver: [SnapshotFault]
    ) throws(LogError) -> AudienceReading {
        var differences = differences(to: later)
        var (added, removed) = (UInt64(0), UInt64(0))
        while let difference = try differences.next() {
            switch difference {
            case .came: added += 1
            case .left: removed += 1
            }
        }
        return AudienceReading(
            audience: later, added: added, removed: removed, passedOver: passedOver)
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
