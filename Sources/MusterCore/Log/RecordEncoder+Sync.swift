extension ByteWriter {
    /// Somebody who is kept out; the number 0, which no instance has, stands for all audiences.
    mutating func suppressed(_ one: Suppression) {
        number(one.instance ?? 0)
        digest(one.mark)
    }

    /// The payload of a fact about a run; facts of other kinds are not its business and write
    /// nothing.
    mutating func syncFact(_ fact: Fact) throws(EncodingFault) {
        switch fact {
        case .syncRequested(let requested): write(requested)
        case .syncFrozen(let frozen): try write(frozen)
        case .segmentCreationIntended(let run), .syncSucceeded(let run): number(run)
        case .segmentResolved(let resolved): try write(resolved)
        case .dropOpened(let run, let reference):
            number(run)
            try text(reference)
        case .uploadStarted(let run, let attempt):
            number(run)
            number(attempt)
        case .uploaded(let uploaded):
            number(uploaded.run)
            number(uploaded.status)
            number(uploaded.bytes)
            try optionalText(uploaded.requestId)
        case .syncFailed(let run, let failure, let detail):
            number(run)
            number(failure.rawValue)
            try text(detail)
        case .syncHeld(let held): try write(held)
        case .syncSkipped(let run, let reason, let remoteStale):
            number(run)
            number(reason.rawValue)
            flag(remoteStale)
        case .dropStatusSeen(let seen):
            number(seen.run)
            number(seen.status)
            try text(seen.answer)
        case .instanceConfigured, .membersAdded, .membersRemoved, .tailRepaired, .logAdopted,
            .instanceRetired, .erased, .suppressionChanged:
            break
        }
    }

    private mutating func write(_ requested: SyncRequested) {
        number(requested.instance)
        number(Int64(requested.date.dayNumber))
        number(requested.reason.rawValue)
        flag(requested.approval != nil)
        guard let approval = requested.approval else { return }
        number(approval.heldRun)
        number(approval.count)
    }

    private mutating func write(_ frozen: SyncFrozen) throws(EncodingFault) {
        number(frozen.run)
        number(frozen.position)
        number(frozen.count)
        number(frozen.bytes)
        digest(frozen.digest)
        number(frozen.added)
        number(frozen.removed)
        let target = frozen.target
        try text(target.endpoint.text)
        try text(target.credential)
        try text(target.advertiserId)
        try text(target.audienceName)
        number(target.region.rawValue)
        number(target.piiType.rawValue)
        try optionalText(target.externalAudienceId)
    }

    private mutating func write(_ resolved: SegmentResolved) throws(EncodingFault) {
        number(resolved.run)
        number(resolved.segment.origin.rawValue)
        try text(resolved.segment.crmDataId)
        try optionalText(resolved.segment.firstPartyDataId)
    }

    private mutating func write(_ held: SyncHeld) throws(EncodingFault) {
        number(held.run)
        number(held.reason.rawValue)
        try text(held.detail)
        flag(held.tokenFingerprint != nil)
        if let fingerprint = held.tokenFingerprint { number(fingerprint) }
    }
}
