// The byte form of a run in a snapshot; Snapshot.swift specifies it.

extension ByteWriter {
    mutating func run(_ run: Run) throws(EncodingFault) {
        number(run.id)
        try syncFact(
            .syncRequested(
                SyncRequested(
                    instance: run.instance, date: run.date, reason: run.reason,
                    approval: run.approval)))
        actor(run.actor)
        number(run.requestedAt.milliseconds)
        try pair(run.frozen.map { .syncFrozen($0) }, run.frozenAt)
        try optionalText(run.reference)
        number(run.drops)
        number(run.attempts)
        try pair(run.uploaded.map { .uploaded($0) }, run.uploadedAt)
        flag(run.dropStatus != nil)
        if let seen = run.dropStatus { try syncFact(.dropStatusSeen(seen)) }
        time(run.dropStatusAskedAt)
        time(run.endedAt)
        try phase(run.phase, of: run.id)
    }

    private mutating func actor(_ actor: Actor) {
        switch actor {
        case .daemon: flag(false)
        case .peer(let uid, let gid, let pid):
            flag(true)
            number(uid)
            number(gid)
            number(pid)
        }
    }

    /// A fact and its time, which are there both or not at all.
    private mutating func pair(_ fact: Fact?, _ time: Timestamp?) throws(EncodingFault) {
        guard let fact, let time else { return flag(false) }
        flag(true)
        try syncFact(fact)
        number(time.milliseconds)
    }

    private mutating func phase(_ phase: Run.Phase, of id: RunID) throws(EncodingFault) {
        switch phase {
        case .requested: number(1 as UInt8)
        case .frozen: number(2 as UInt8)
        case .creationIntended(let at):
            number(3 as UInt8)
            number(at.milliseconds)
        case .resolved: number(4 as UInt8)
        case .dropOpened: number(5 as UInt8)
        case .uploading: number(6 as UInt8)
        case .uploaded: number(7 as UInt8)
        case .ended(.succeeded): number(8 as UInt8)
        case .ended(.failed(let failure, let detail)):
            number(9 as UInt8)
            try syncFact(.syncFailed(run: id, class: failure, detail: detail))
        case .ended(.held(let held)):
            number(10 as UInt8)
            try syncFact(.syncHeld(held))
        case .ended(.skipped(let reason, let remoteStale)):
            number(11 as UInt8)
            try syncFact(.syncSkipped(run: id, reason: reason, remoteStale: remoteStale))
        }
    }
}

extension ByteReader {
    mutating func run(_ bytes: Span<UInt8>) throws(LogFault) -> Run {
        let id: RunID = try number(bytes)
        let requested = try requested(bytes)
        let actor = try actor(bytes, isPeer: try flag(bytes))
        var run = Run(requested, position: id, by: actor, at: try time(bytes))
        if try flag(bytes) {
            run.frozen = try frozen(bytes)
            run.frozenAt = try time(bytes)
        }
        run.reference = try optionalText(bytes)
        run.drops = try number(bytes)
        run.attempts = try number(bytes)
        if try flag(bytes) {
            run.uploaded = try uploaded(bytes)
            run.uploadedAt = try time(bytes)
        }
        if try flag(bytes), case .dropStatusSeen(let seen) = try fact(.dropStatusSeen, of: bytes) {
            run.dropStatus = seen
        }
        run.dropStatusAskedAt = try optionalTime(bytes)
        run.endedAt = try optionalTime(bytes)
        run.phase = try phase(bytes)
        return run
    }

    private mutating func phase(_ bytes: Span<UInt8>) throws(LogFault) -> Run.Phase {
        switch try number(bytes) as UInt8 {
        case 1: return .requested
        case 2: return .frozen
        case 3: return .creationIntended(at: try time(bytes))
        case 4: return .resolved
        case 5: return .dropOpened
        case 6: return .uploading
        case 7: return .uploaded
        case 8: return .ended(.succeeded)
        case 9: return try end(.syncFailed, bytes)
        case 10: return try end(.syncHeld, bytes)
        case 11: return try end(.syncSkipped, bytes)
        default: throw .newer("phase of a run")
        }
    }

    private mutating func end(
        _ type: EventType, _ bytes: Span<UInt8>
    ) throws(LogFault) -> Run.Phase {
        switch try fact(type, of: bytes) {
        case .syncFailed(_, let failure, let detail): .ended(.failed(failure, detail: detail))
        case .syncHeld(let held): .ended(.held(held))
        case .syncSkipped(_, let reason, let stale): .ended(.skipped(reason, remoteStale: stale))
        default: throw .malformed("a run's end is none")
        }
    }

    mutating func time(_ bytes: Span<UInt8>) throws(LogFault) -> Timestamp {
        Timestamp(milliseconds: try number(bytes))
    }

    mutating func optionalTime(_ bytes: Span<UInt8>) throws(LogFault) -> Timestamp? {
        try flag(bytes) ? try time(bytes) : nil
    }
}
