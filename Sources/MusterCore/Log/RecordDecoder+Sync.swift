extension ByteReader {
    /// The fact of a record that takes no identities.
    mutating func fact(_ type: EventType, of bytes: Span<UInt8>) throws(LogFault) -> Fact {
        switch type {
        case .instanceConfigured: .instanceConfigured(try configured(bytes))
        case .syncRequested: .syncRequested(try requested(bytes))
        case .syncFrozen: .syncFrozen(try frozen(bytes))
        case .segmentCreationIntended: .segmentCreationIntended(run: try number(bytes))
        case .segmentResolved: .segmentResolved(try resolved(bytes))
        case .dropOpened: .dropOpened(run: try number(bytes), reference: try text(bytes))
        case .uploadStarted: .uploadStarted(run: try number(bytes), attempt: try number(bytes))
        case .uploaded: .uploaded(try uploaded(bytes))
        case .syncSucceeded: .syncSucceeded(run: try number(bytes))
        case .syncFailed:
            .syncFailed(
                run: try number(bytes), class: try choice(bytes), detail: try text(bytes))
        case .syncHeld: .syncHeld(try held(bytes))
        case .syncSkipped:
            .syncSkipped(
                run: try number(bytes), reason: try choice(bytes), remoteStale: try flag(bytes))
        case .dropStatusSeen:
            .dropStatusSeen(
                DropStatusSeen(
                    run: try number(bytes), status: try number(bytes), answer: try text(bytes)))
        case .tailRepaired: .tailRepaired(try repaired(bytes))
        case .logAdopted:
            .logAdopted(LogAdopted(log: try logID(bytes), durable: try number(bytes)))
        case .instanceRetired:
            .instanceRetired(
                InstanceRetired(instance: try number(bytes), count: try number(bytes)))
        case .erased: .erased(try erased(bytes))
        case .suppressionChanged: .suppressionChanged(try suppression(bytes))
        case .membersAdded, .membersRemoved: throw .malformed("members without identities")
        }
    }

    private mutating func configured(
        _ bytes: Span<UInt8>
    ) throws(LogFault) -> InstanceConfigured {
        let instance: InstanceNumber = try number(bytes)
        let name = try text(bytes)
        let created = InstanceID(name)
        guard created != nil || name.isEmpty else {
            throw .malformed("an instance has no possible name")
        }
        return InstanceConfigured(instance: instance, created: created, change: try settings(bytes))
    }

    mutating func requested(_ bytes: Span<UInt8>) throws(LogFault) -> SyncRequested {
        let instance: InstanceNumber = try number(bytes)
        let day: Int64 = try number(bytes)
        let reason: RunReason = try choice(bytes)
        let approval =
            try flag(bytes)
            ? Approval(heldRun: try number(bytes), count: try number(bytes)) : nil
        return SyncRequested(
            instance: instance, date: CalendarDate(dayNumber: Int(day)), reason: reason,
            approval: approval)
    }

    mutating func frozen(_ bytes: Span<UInt8>) throws(LogFault) -> SyncFrozen {
        SyncFrozen(
            run: try number(bytes), position: try number(bytes), count: try number(bytes),
            bytes: try number(bytes), digest: try digest(bytes), added: try number(bytes),
            removed: try number(bytes), target: try target(bytes))
    }

    private mutating func target(_ bytes: Span<UInt8>) throws(LogFault) -> Target {
        Target(
            endpoint: try endpoint(text(bytes)), credential: try text(bytes),
            advertiserId: try text(bytes), audienceName: try text(bytes),
            region: try choice(bytes), piiType: try choice(bytes),
            externalAudienceId: try optionalText(bytes))
    }

    private mutating func resolved(_ bytes: Span<UInt8>) throws(LogFault) -> SegmentResolved {
        let run: RunID = try number(bytes)
        let origin: SegmentOrigin = try choice(bytes)
        let segment = Segment(
            crmDataId: try text(bytes), firstPartyDataId: try optionalText(bytes), origin: origin)
        return SegmentResolved(run: run, segment: segment)
    }

    mutating func uploaded(_ bytes: Span<UInt8>) throws(LogFault) -> Uploaded {
        Uploaded(
            run: try number(bytes), status: try number(bytes), bytes: try number(bytes),
            requestId: try optionalText(bytes))
    }

    private mutating func held(_ bytes: Span<UInt8>) throws(LogFault) -> SyncHeld {
        SyncHeld(
            run: try number(bytes), reason: try choice(bytes), detail: try text(bytes),
            tokenFingerprint: try flag(bytes) ? try number(bytes) : nil)
    }

    private mutating func repaired(_ bytes: Span<UInt8>) throws(LogFault) -> TailRepaired {
        TailRepaired(
            segment: try number(bytes), offset: try number(bytes), bytes: try number(bytes),
            digest: try digest(bytes))
    }

    private mutating func erased(_ bytes: Span<UInt8>) throws(LogFault) -> Erased {
        let count: UInt32 = try number(bytes)
        guard count <= UInt32(Erased.limit) else { throw .malformed("an erasure is too long") }
        var commits: [ErasedCommit] = []
        for _ in 0..<count {
            commits.append(
                ErasedCommit(
                    instance: try number(bytes), commit: try number(bytes),
                    slots: try number(bytes)))
        }
        return Erased(commits)
    }

    private mutating func suppression(
        _ bytes: Span<UInt8>
    ) throws(LogFault) -> SuppressionChanged {
        let isLifted = try flag(bytes)
        let count: UInt32 = try number(bytes)
        guard count <= UInt32(SuppressionChanged.limit) else {
            throw .malformed("a suppression is too long")
        }
        var people: [Suppression] = []
        for _ in 0..<count { people.append(try suppressed(bytes)) }
        return SuppressionChanged(isLifted: isLifted, people: people)
    }

    /// Somebody who is kept out; the number 0 stands for all audiences.
    mutating func suppressed(_ bytes: Span<UInt8>) throws(LogFault) -> Suppression {
        let instance: InstanceNumber = try number(bytes)
        return Suppression(instance: instance == 0 ? nil : instance, mark: try digest(bytes))
    }

    mutating func logID(_ bytes: Span<UInt8>) throws(LogFault) -> LogID {
        LogID(at: try take(16), of: bytes)
    }
}
