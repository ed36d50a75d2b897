/// Writes events as records and identities.
struct RecordEncoder {
    private(set) var records = ByteWriter()
    private(set) var identities = ByteWriter()
    private(set) var count: UInt32 = 0

    var byteCount: Int { records.bytes.count + identities.bytes.count }

    mutating func removeAll() {
        records.removeAll()
        identities.removeAll()
        count = 0
    }

    /// Appends `event`; if it throws, or would take both parts over `limit` bytes, nothing is
    /// appended.
    ///
    /// Returns the bytes it took, or would take. `salt` is called for the first event with
    /// identities.
    mutating func append(
        _ event: Event, limit: Int, salt: () -> Salt
    ) throws(EncodingFault) -> (bytes: Int, fits: Bool) {
        let marks = (records.bytes.count, identities.bytes.count)
        do {
            try write(event, salt: salt)
        } catch {
            cut(to: marks)
            throw error
        }
        let bytes = byteCount - marks.0 - marks.1
        guard byteCount <= limit else {
            cut(to: marks)
            return (bytes, false)
        }
        count += 1
        return (bytes, true)
    }

    private mutating func cut(to marks: (Int, Int)) {
        records.cut(to: marks.0)
        identities.cut(to: marks.1)
    }

    private mutating func write(_ event: Event, salt: () -> Salt) throws(EncodingFault) {
        let start = records.bytes.count
        records.number(UInt16(0))
        records.number(event.fact.type.rawValue)
        records.number(RecordFormat.version)
        records.number(event.actor == .daemon ? 0 : RecordFormat.causedByPeer)
        records.number(UInt8(event.command?.id.count ?? 0))
        records.number(event.command?.check ?? 0)
        records.number(event.at.milliseconds)
        if case .peer(let uid, let gid, let pid) = event.actor {
            records.number(uid)
            records.number(gid)
            records.number(pid)
        }
        if let command = event.command { records.raw(command.id) }
        try writePayload(event.fact, salt: salt)
        records.patch(UInt16(records.bytes.count - start), at: start)
    }

    private mutating func writePayload(_ fact: Fact, salt: () -> Salt) throws(EncodingFault) {
        switch fact {
        case .membersAdded(let change), .membersRemoved(let change):
            try write(change, salt: salt)
        case .instanceConfigured(let configured):
            records.number(configured.instance)
            try records.text(configured.created?.text ?? "")
            try records.settings(configured.change)
        case .tailRepaired(let repaired):
            records.number(repaired.segment)
            records.number(repaired.offset)
            records.number(repaired.bytes)
            records.digest(repaired.digest)
        case .logAdopted(let adopted):
            records.raw(adopted.log)
            records.number(adopted.durable)
        case .instanceRetired(let retired):
            records.number(retired.instance)
            records.number(retired.count)
        case .erased(let erased):
            records.number(UInt32(erased.commits.count))
            for commit in erased.commits {
                records.number(commit.instance)
                records.number(commit.commit)
                records.number(commit.slots)
            }
        case .suppressionChanged(let change):
            records.flag(change.isLifted)
            records.number(UInt32(change.people.count))
            for one in change.people { records.suppressed(one) }
        default:
            try records.syncFact(fact)
        }
    }

    private mutating func write(_ change: MembersChanged, salt: () -> Salt) throws(EncodingFault) {
        records.number(change.instance)
        records.number(change.unchanged)
        records.number(UInt32(change.identities.count))
        if change.identities.count > 0, identities.bytes.isEmpty {
            let salt = salt()
            identities.number(salt.first)
            identities.number(salt.second)
        }
        switch change.identities {
        case .digests(let digests):
            records.number(SlotForm.digest.rawValue)
            guard !digests.contains(where: \.isZero) else { throw .zeroIdentity }
            identities.digests(digests)
        case .addresses(let addresses):
            records.number(SlotForm.address.rawValue)
            for address in addresses {
                guard !address.bytes.isEmpty else { throw .zeroIdentity }
                guard address.bytes.count <= Email.limit else { throw .textTooLong }
                guard !address.bytes.contains(0) else { throw .textHoldsZeroByte }
                identities.number(UInt16(address.bytes.count))
                identities.raw(address.bytes)
            }
        }
    }
}
