import Crypto

/// A SHA-256 over the whole state, in a fixed order: two states with the same hash answer alike,
/// now and later.
///
/// Integers go in as 8 bytes, most significant first; texts and lists after their length; absent
/// values as one zero.
package struct StateHash {
    private var hash = SHA256()
    private var pending: [UInt8] = []

    /// The hash of `state`.
    package static func of(_ state: State) -> Digest {
        var hash = StateHash()
        hash.add(state)
        return hash.finish()
    }

    mutating func add(_ number: some BinaryInteger) {
        let bits = UInt64(truncatingIfNeeded: number)
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            pending.append(UInt8(truncatingIfNeeded: bits >> shift))
        }
        flush(above: 16_384)
    }

    mutating func add(_ flag: Bool) { add(flag ? 1 : 0) }

    mutating func add(_ text: String) {
        add(text.utf8.count)
        pending.append(contentsOf: text.utf8)
    }

    mutating func add(_ digest: Digest) { digest.append(to: &pending) }

    mutating func add<Value>(_ value: Value?, _ body: (inout StateHash, Value) -> Void) {
        add(value != nil)
        if let value { body(&self, value) }
    }

    mutating func add(bytes: [UInt8]) {
        add(bytes.count)
        pending.append(contentsOf: bytes)
    }

    private mutating func flush(above limit: Int) {
        guard pending.count > limit else { return }
        hash.update(data: pending)
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func finish() -> Digest {
        flush(above: 0)
        var bytes: [UInt8] = []
        bytes.append(contentsOf: hash.finalize())
        return Digest(bytes: bytes) ?? .zero
    }
}

extension StateHash {
    private mutating func add(_ state: State) {
        add(state.position)
        add(state.adopted) { hash, log in
            hash.add(log.high)
            hash.add(log.low)
        }
        add(state.instances.count)
        for instance in state.instances { add(instance) }
        state.receipts.forEach { id, receipt in
            add(id.text)
            add(receipt)
        }
        guard !state.suppressions.isEmpty else { return }
        add(state.suppressions.count)
        for one in state.suppressions.sorted() {
            add(one.instance ?? 0)
            add(one.mark)
        }
    }

    private mutating func add(_ receipt: Receipt) {
        add(receipt.check)
        add(receipt.position)
        add(receipt.version)
        add(receipt.changed)
        add(receipt.unchanged)
        add(receipt.members)
        add(receipt.isCreation)
    }

    private mutating func add(_ instance: InstanceState) {
        add(instance.id.text)
        add(instance.settings)
        add(instance.version)
        add(instance.scheduledSince) { $0.add($1.milliseconds) }
        add(instance.segment) { $0.add($1) }
        add(instance.segmentEndpoint) { $0.add($1.text) }
        add(instance.lastUploadAt) { $0.add($1.milliseconds) }
        add(instance.restoredAt) { $0.add($1) }
        add(instance.lastSuccess) { $0.add($1) }
        add(instance.runs.count)
        for run in instance.runs { add(run) }
        add(instance.members.count)
        instance.members.forEach { digest, address in
            add(digest)
            if let address { add(bytes: address) }
            flush(above: 16_384)
        }
    }

    private mutating func add(_ settings: Settings) {
        add(settings.advertiserId)
        add(settings.audienceName)
        add(settings.region.rawValue)
        add(settings.piiType.rawValue)
        add(settings.credential)
        add(settings.endpoint.text)
        add(settings.externalAudienceId) { $0.add($1) }
        add(settings.enabled)
        add(settings.schedule) { hash, schedule in
            hash.add(schedule.dailyAt.text)
            hash.add(schedule.timeZone)
        }
        add(settings.minimumMembers)
        add(settings.thresholds.shrinkMembers)
        add(settings.thresholds.shrinkPercent)
        add(settings.thresholds.growthFactor)
    }

    private mutating func add(_ segment: Segment) {
        add(segment.crmDataId)
        add(segment.firstPartyDataId) { $0.add($1) }
        add(segment.origin.rawValue)
    }
}

extension StateHash {
    private mutating func add(_ run: Run) {
        add(run.id)
        add(run.date.dayNumber)
        add(run.reason.rawValue)
        add(run.approval) { hash, approval in
            hash.add(approval.heldRun)
            hash.add(approval.count)
        }
        add(run.actor)
        add(run.requestedAt.milliseconds)
        add(run.phase)
        add(run.frozen) { $0.add($1) }
        add(run.frozenAt) { $0.add($1.milliseconds) }
        add(run.reference) { $0.add($1) }
        add(run.drops)
        add(run.attempts)
        add(run.uploaded) { hash, uploaded in
            hash.add(uploaded.status)
            hash.add(uploaded.bytes)
            hash.add(uploaded.requestId) { $0.add($1) }
        }
        add(run.uploadedAt) { $0.add($1.milliseconds) }
        add(run.dropStatusAskedAt) { $0.add($1.milliseconds) }
        add(run.dropStatus) { hash, seen in
            hash.add(seen.status)
            hash.add(seen.answer)
        }
        add(run.endedAt) { $0.add($1.milliseconds) }
    }

    private mutating func add(_ actor: Actor) {
        switch actor {
        case .daemon: add(0)
        case .peer(let uid, let gid, let pid):
            add(1)
            add(uid)
            add(gid)
            add(pid)
        }
    }

    private mutating func add(_ frozen: SyncFrozen) {
        add(frozen.position)
        add(frozen.count)
        add(frozen.bytes)
        add(frozen.digest)
        add(frozen.added)
        add(frozen.removed)
        add(frozen.target.endpoint.text)
        add(frozen.target.credential)
        add(frozen.target.advertiserId)
        add(frozen.target.audienceName)
        add(frozen.target.region.rawValue)
        add(frozen.target.piiType.rawValue)
        add(frozen.target.externalAudienceId) { $0.add($1) }
    }

    private mutating func add(_ phase: Run.Phase) {
        switch phase {
        case .requested: add(1)
        case .frozen: add(2)
        case .creationIntended(let at):
            add(3)
            add(at.milliseconds)
        case .resolved: add(4)
        case .dropOpened: add(5)
        case .uploading: add(6)
        case .uploaded: add(7)
        case .ended(.succeeded): add(8)
        case .ended(.failed(let failure, let detail)):
            add(9)
            add(failure.rawValue)
            add(detail)
        case .ended(.held(let held)):
            add(10)
            add(held.reason.rawValue)
            add(held.detail)
            add(held.tokenFingerprint) { $0.add($1) }
        case .ended(.skipped(let reason, let remoteStale)):
            add(11)
            add(reason.rawValue)
            add(remoteStale)
        }
    }
}
