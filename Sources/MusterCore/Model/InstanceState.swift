/// One audience as the log tells it.
package struct InstanceState: Sendable {
    package let id: InstanceID
    package let number: InstanceNumber
    package private(set) var settings: Settings
    /// How many commands changed the instance.
    package private(set) var version: UInt64 = 0
    package private(set) var members: Membership
    /// When the schedule in force was set; earlier times of day are not made up for.
    package private(set) var scheduledSince: Timestamp?
    package private(set) var segment: Segment?
    /// The endpoint at which the segment was resolved.
    package private(set) var segmentEndpoint: Endpoint?
    /// The last runs, oldest first.
    package private(set) var runs: [Run] = []
    package private(set) var lastSuccess: Run?
    package private(set) var lastUploadAt: Timestamp?
    /// Where the log was put back from a copy, until the next success: TTD may hold a newer list
    /// than the log knows.
    package private(set) var restoredAt: Position?

    /// How many runs are remembered; the log keeps all.
    package static let runLimit = 1000

    init(id: InstanceID, number: InstanceNumber, settings: Settings) {
        self.id = id
        self.number = number
        self.settings = settings
        members = Membership(keepsAddresses: settings.piiType == .email)
    }

    /// An instance as a snapshot tells it, without its people.
    init(
        id: InstanceID, number: InstanceNumber, settings: Settings, version: UInt64,
        scheduledSince: Timestamp?, segment: Segment?, segmentEndpoint: Endpoint?, runs: [Run],
        lastSuccess: Run?, lastUploadAt: Timestamp?, restoredAt: Position?
    ) {
        self.init(id: id, number: number, settings: settings)
        self.version = version
        self.scheduledSince = scheduledSince
        self.segment = segment
        self.segmentEndpoint = segmentEndpoint
        self.runs = runs
        self.lastSuccess = lastSuccess
        self.lastUploadAt = lastUploadAt
        self.restoredAt = restoredAt
    }

    /// Takes over the people of a snapshot.
    mutating func restore(_ members: Membership) {
        self.members = members
    }

    /// Whether a list may be at TTD.
    package var mayHaveSent: Bool { segment != nil || lastSuccess != nil }

    /// The log was put back from a copy at `position`.
    mutating func putBack(at position: Position) {
        if mayHaveSent { restoredAt = position }
    }

    /// The same without anybody.
    package var withoutMembers: InstanceState {
        var copy = self
        copy.members = Membership(keepsAddresses: settings.piiType == .email)
        return copy
    }

    /// The run under way; there is at most one, and it is the last that began.
    package var activeRun: Run? {
        runs.last.flatMap { $0.end == nil ? $0 : nil }
    }

    /// The last run that ended.
    package var lastEnded: Run? {
        runs.last { $0.end != nil }
    }

    /// The run of this number, if it is remembered.
    package func run(_ id: RunID) -> Run? {
        runs.last { $0.id == id }
    }

    mutating func configure(_ change: SettingsChange, at now: Timestamp) {
        if let schedule = change.schedule { scheduledSince = schedule == nil ? nil : now }
        let type = settings.piiType
        settings.apply(change)
        if settings.piiType != type {
            members = Membership(keepsAddresses: settings.piiType == .email)
        }
        version += 1
    }

    /// Everybody leaves, and nothing is sent any more.
    mutating func retire() {
        members = Membership(keepsAddresses: settings.piiType == .email)
        var change = SettingsChange()
        change.enabled = false
        settings.apply(change)
        version += 1
    }

    mutating func change(_ identities: Identities, adding: Bool) {
        switch identities {
        case .digests(let digests):
            for (index, digest) in digests.enumerated() {
                let ahead = index + Membership.lookAhead
                if ahead < digests.count { members.prefetch(digests[ahead]) }
                _ = adding ? members.insert(digest) : members.remove(digest)
            }
        case .addresses(let addresses):
            for address in addresses {
                _ =
                    adding
                    ? members.insert(address.digest, address: address.bytes)
                    : members.remove(address.digest)
            }
        }
        version += 1
    }

    /// As `Membership` says; `countChange` is for the event that tells it.
    mutating func carryOut(
        _ list: MemberList, adding: Bool, _ screen: MemberScreen?
    ) throws(Rejection) -> MemberChange {
        try members.carryOut(
            list, adding: adding, of: number, screen, keepsAddresses: settings.piiType == .email)
    }

    /// Takes a person in who has no address here; whether they were not in before.
    ///
    /// `countChange` is for the event that tells it.
    mutating func take(_ digest: Digest) -> Bool { members.insert(digest) }

    /// As `Membership` says.
    mutating func takeHalves() -> (first: Membership, middle: Digest, second: Membership) {
        members.takeHalves()
    }

    /// As `Membership` says; `countChange` is for each event by which people came.
    mutating func join(_ first: Membership, _ second: Membership) {
        members.join(first, second)
    }

    /// Counts one more command that changed the instance.
    mutating func countChange() { version += 1 }

    /// Begins a run and returns the one that is forgotten for it.
    mutating func begin(_ run: Run) -> RunID? {
        runs.append(run)
        return runs.count > Self.runLimit ? runs.removeFirst().id : nil
    }

    mutating func advance(run id: RunID, by event: Event) {
        guard let index = runs.lastIndex(where: { $0.id == id }) else { return }
        runs[index].advance(by: event)
        switch event.fact {
        case .syncFrozen(let frozen) where segment == nil:
            // The credential's file may name another endpoint than when the instance was
            // configured.
            settings.endpoint = frozen.target.endpoint
        case .segmentResolved(let resolved):
            segment = resolved.segment
            segmentEndpoint = runs[index].frozen?.target.endpoint
        case .uploaded: lastUploadAt = event.at
        case .syncSucceeded:
            lastSuccess = runs[index]
            restoredAt = nil
        case .dropStatusSeen where lastSuccess?.id == id: lastSuccess = runs[index]
        default: break
        }
    }
}

extension Run {
    mutating func advance(by event: Event) {
        switch event.fact {
        case .syncFrozen(let frozen):
            self.frozen = frozen
            frozenAt = event.at
            phase = .frozen
        case .segmentCreationIntended: phase = .creationIntended(at: event.at)
        case .segmentResolved: phase = .resolved
        case .dropOpened(_, let reference):
            self.reference = reference
            drops += 1
            phase = .dropOpened
        case .uploadStarted(_, let attempt):
            attempts = attempt
            phase = .uploading
        case .uploaded(let uploaded):
            self.uploaded = uploaded
            uploadedAt = event.at
            phase = .uploaded
        case .syncSucceeded: end(.succeeded, at: event.at)
        case .syncFailed(_, let failure, let detail):
            end(.failed(failure, detail: detail), at: event.at)
        case .syncHeld(let held): end(.held(held), at: event.at)
        case .syncSkipped(_, let reason, let remoteStale):
            end(.skipped(reason, remoteStale: remoteStale), at: event.at)
        case .dropStatusSeen(let seen):
            dropStatus = seen
            dropStatusAskedAt = event.at
        case .instanceConfigured, .membersAdded, .membersRemoved, .syncRequested, .tailRepaired,
            .logAdopted, .instanceRetired, .erased, .suppressionChanged:
            break
        }
    }

    private mutating func end(_ end: End, at now: Timestamp) {
        phase = .ended(end)
        endedAt = now
    }
}
