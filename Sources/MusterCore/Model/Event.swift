/// What happened.
///
/// Events are the storage contract: the log holds them for ever, so a case is never
/// changed or removed, only added. Their byte form is specified in `Log/Record.swift`.
package struct Event: Hashable, Sendable {
    /// The host's clock when the event was decided.
    package let at: Timestamp
    package let actor: Actor
    /// The command that caused it, when its sender gave an id.
    package let command: CommandStamp?
    package let fact: Fact

    package init(at: Timestamp, actor: Actor, command: CommandStamp? = nil, fact: Fact) {
        self.at = at
        self.actor = actor
        self.command = command
        self.fact = fact
    }
}

/// Who caused an event: a process behind the socket, or the daemon by itself.
package enum Actor: Hashable, Sendable {
    case peer(uid: UInt32, gid: UInt32, pid: Int32)
    case daemon
}

/// A client's id of a command and a 16-bit check of what it asked, so that a retry is told from a
/// reuse.
package struct CommandStamp: Hashable, Sendable {
    package let id: CommandID
    package let check: UInt16

    package init(id: CommandID, check: UInt16) {
        self.id = id
        self.check = check
    }

    /// The check is folded from a checksum of the method and its canonical parameters.
    init(id: CommandID, sum: UInt32) {
        self.init(id: id, check: UInt16(truncatingIfNeeded: sum ^ (sum >> 16)))
    }
}

/// The number of an event in the log; the first event is 1, and 0 stands before it.
package typealias Position = UInt64

/// An instance in the log: 1 for the first that was configured, then counting.
package typealias InstanceNumber = UInt32

/// A run is named by the position of its `SyncRequested`.
package typealias RunID = UInt64

/// The closed set of things that happen.
///
/// The large and rare cases are indirect, so that the frequent ones are small to copy.
package enum Fact: Hashable, Sendable {
    indirect case instanceConfigured(InstanceConfigured)
    case membersAdded(MembersChanged)
    case membersRemoved(MembersChanged)
    case syncRequested(SyncRequested)
    indirect case syncFrozen(SyncFrozen)
    case segmentCreationIntended(run: RunID)
    case segmentResolved(SegmentResolved)
    case dropOpened(run: RunID, reference: String)
    case uploadStarted(run: RunID, attempt: UInt32)
    case uploaded(Uploaded)
    case syncSucceeded(run: RunID)
    case syncFailed(run: RunID, class: FailureClass, detail: String)
    case syncHeld(SyncHeld)
    case syncSkipped(run: RunID, reason: SkipReason, remoteStale: Bool)
    case dropStatusSeen(DropStatusSeen)
    indirect case tailRepaired(TailRepaired)
    indirect case logAdopted(LogAdopted)
    case instanceRetired(InstanceRetired)
    indirect case erased(Erased)
    indirect case suppressionChanged(SuppressionChanged)
}

/// An instance came into being, or some of its settings changed.
package struct InstanceConfigured: Hashable, Sendable {
    package let instance: InstanceNumber
    /// The name, on the event that creates the instance and on no other.
    package let created: InstanceID?
    /// Only what changed.
    package let change: SettingsChange

    package init(instance: InstanceNumber, created: InstanceID?, change: SettingsChange) {
        self.instance = instance
        self.created = created
        self.change = change
    }
}

/// Members came or went; only those that really changed.
package struct MembersChanged: Hashable, Sendable {
    package let instance: InstanceNumber
    package let identities: Identities
    /// How many members of the command were in, or out, already: a retry is told the same.
    package let unchanged: UInt32

    package init(instance: InstanceNumber, identities: Identities, unchanged: UInt32) {
        self.instance = instance
        self.identities = identities
        self.unchanged = unchanged
    }
}

/// Everybody left an audience at once, and it is not sent any more.
package struct InstanceRetired: Hashable, Sendable {
    package let instance: InstanceNumber
    /// How many left.
    package let count: UInt64

    package init(instance: InstanceNumber, count: UInt64) {
        self.instance = instance
        self.count = count
    }
}

/// The people an event names: addresses where an `email` audience gains them, digests everywhere
/// else.
package enum Identities: Hashable, Sendable {
    case digests([Digest])
    case addresses([Email])

    package var count: Int {
        switch self {
        case .digests(let digests): digests.count
        case .addresses(let addresses): addresses.count
        }
    }
}

/// A run began; its id is this event's position.
package struct SyncRequested: Hashable, Sendable {
    package let instance: InstanceNumber
    /// The calendar date in the instance's zone (UTC without a schedule) that a success will
    /// settle.
    package let date: CalendarDate
    package let reason: RunReason
    package let approval: Approval?

    package init(
        instance: InstanceNumber, date: CalendarDate, reason: RunReason, approval: Approval? = nil
    ) {
        self.instance = instance
        self.date = date
        self.reason = reason
        self.approval = approval
    }
}

/// Why a run began.
package enum RunReason: UInt8, CaseIterable, Sendable {
    case schedule = 1
    case catchUp = 2
    case manual = 3
    case approval = 4
    /// An hour after a run of the same date found TTD unavailable.
    case retry = 5
    /// A credential that held the last run was replaced.
    case credentialChanged = 6
}

/// A person's consent to send what a held run would have sent.
package struct Approval: Hashable, Sendable {
    package let heldRun: RunID
    /// The number of members of the held run's list, as the person saw it.
    package let count: UInt64

    package init(heldRun: RunID, count: UInt64) {
        self.heldRun = heldRun
        self.count = count
    }
}

/// The list of a run was fixed: exactly the audience at `position`.
package struct SyncFrozen: Hashable, Sendable {
    package let run: RunID
    package let position: Position
    package let count: UInt64
    package let bytes: UInt64
    /// SHA-256 of the exact bytes to upload.
    package let digest: Digest
    /// Members added and removed since the last success, as sets.
    package let added: UInt64
    package let removed: UInt64
    package let target: Target

    package init(
        run: RunID, position: Position, count: UInt64, bytes: UInt64, digest: Digest, added: UInt64,
        removed: UInt64, target: Target
    ) {
        self.run = run
        self.position = position
        self.count = count
        self.bytes = bytes
        self.digest = digest
        self.added = added
        self.removed = removed
        self.target = target
    }
}

/// Where a run sends and as what; fixed when its list is.
package struct Target: Hashable, Sendable {
    package let endpoint: Endpoint
    package let credential: String
    package let advertiserId: String
    package let audienceName: String
    package let region: Region
    package let piiType: PIIType
    package let externalAudienceId: String?

    /// The target that `settings` name, with the endpoint that the credential names now.
    package init(settings: Settings, endpoint: Endpoint) {
        self.init(
            endpoint: endpoint, credential: settings.credential,
            advertiserId: settings.advertiserId, audienceName: settings.audienceName,
            region: settings.region, piiType: settings.piiType,
            externalAudienceId: settings.externalAudienceId)
    }

    package init(
        endpoint: Endpoint, credential: String, advertiserId: String, audienceName: String,
        region: Region, piiType: PIIType, externalAudienceId: String?
    ) {
        self.endpoint = endpoint
        self.credential = credential
        self.advertiserId = advertiserId
        self.audienceName = audienceName
        self.region = region
        self.piiType = piiType
        self.externalAudienceId = externalAudienceId
    }
}
