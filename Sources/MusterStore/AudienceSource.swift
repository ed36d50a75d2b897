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
        let reader = try LogReader(files)
        var passedOver: [SnapshotFault] = []
        var limit = position
        while true {
            let base = try reader.newestSnapshot(
                through: limit, passOver: { passedOver.append($0) }
            ) { content throws(SnapshotFault) in
                try PeopleFile(instance, of: content, on: files)
            }
            do {
                let reading = try read(reader, base?.value, from: base?.header.position ?? 0)
                return AudienceReading(
                    audience: reading.audience, added: reading.added, removed: reading.removed,
                    passedOver: passedOver)
            } catch {
                guard case .snapshot(let fault) = error else { throw error }
                passedOver.append(fault)
                limit = max(1, fault.position) - 1
            }
        }
    }

    private func read(
        _ reader: LogReader, _ base: PeopleFile?, from start: Position
    ) throws(LogError) -> AudienceReading {
        var changes = ListChanges(toListWithAddresses: base?.keepsAddresses)
        var net = NetChanges()
        let first = min(start, since ?? start) + 1
        if first <= position {
            try reader.forEach(from: first, through: position) { entry in
                let fact = entry.event.fact
                guard fact.instance == instance else { return }
                if entry.position > start { changes.apply(fact) }
                if let since, entry.position > since { net.apply(fact) }
            }
        }
        let audience = try FrozenAudience(MergedPeople(base, changes), at: position)
        if let since, net.isEmptied {
            let before = try AudienceSource(files: files, instance: instance, position: since)
                .read()
            return try before.audience.reading(of: audience)
        }
        return AudienceReading(
            audience: audience, added: UInt64(since == nil ? audience.count : net.came.count),
            removed: UInt64(net.left.count), passedOver: [])
    }
}

extension FrozenAudience {
    /// A later list, and how it differs from this one; walks over both, which are in order.
    fileprivate func reading(of later: FrozenAudience) throws(LogError) -> AudienceReading {
        var differences = differences(to: later)
        var (added, removed) = (UInt64(0), UInt64(0))
        while let difference = try differences.next() {
            switch difference {
            case .came: added += 1
            case .left: removed += 1
            }
        }
        return AudienceReading(audience: later, added: added, removed: removed, passedOver: [])
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
