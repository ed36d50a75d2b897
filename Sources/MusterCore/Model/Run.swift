/// One attempt to send an audience, from its request to its end: a process kept in the log.
package struct Run: Hashable, Sendable {
    package let id: RunID
    package let instance: InstanceNumber
    package let date: CalendarDate
    package let reason: RunReason
    package let approval: Approval?
    package let actor: Actor
    package let requestedAt: Timestamp
    package internal(set) var phase: Phase
    package internal(set) var frozen: SyncFrozen?
    package internal(set) var frozenAt: Timestamp?
    package internal(set) var reference: String?
    /// How many drops were opened; an upload address that expired needs another.
    package internal(set) var drops: UInt32 = 0
    package internal(set) var attempts: UInt32 = 0
    package internal(set) var uploaded: Uploaded?
    package internal(set) var uploadedAt: Timestamp?
    package internal(set) var dropStatus: DropStatusSeen?
    /// When TTD was last asked what became of the drop.
    package internal(set) var dropStatusAskedAt: Timestamp?
    package internal(set) var endedAt: Timestamp?

    /// How far the run has come; each case follows from the last event about it.
    package enum Phase: Hashable, Sendable {
        case requested
        case frozen
        case creationIntended(at: Timestamp)
        case resolved
        case dropOpened
        case uploading
        case uploaded
        case ended(End)
    }

    /// How a run ended.
    package enum End: Hashable, Sendable {
        case succeeded
        case failed(FailureClass, detail: String)
        case held(SyncHeld)
        case skipped(SkipReason, remoteStale: Bool)
    }

    init(_ requested: SyncRequested, position: Position, by actor: Actor, at: Timestamp) {
        id = position
        instance = requested.instance
        date = requested.date
        reason = requested.reason
        approval = requested.approval
        self.actor = actor
        requestedAt = at
        phase = .requested
    }

    /// How the run ended, or nil while it is under way.
    package var end: End? {
        if case .ended(let end) = phase { end } else { nil }
    }

    /// The hold, when that is how it ended.
    package var hold: SyncHeld? {
        if case .held(let held) = end { held } else { nil }
    }
}
