/// A snapshot's state without its people.
package struct SnapshotContent: Sendable {
    package let header: SnapshotHeader
    /// The people of each instance, by number from 1: where addresses are kept, and the list's
    /// summary.
    package let people: [(keepsAddresses: Bool, list: IdentityList)]
    private let instances: [InstanceState]
    private let adopted: LogID?
    private let suppressions: Set<Suppression>
    private let receipts: Receipts

    /// Reads the whole file; its last bytes must be the digest of the others.
    package init(decoding bytes: Span<UInt8>) throws(LogFault) {
        let end = bytes.count - SnapshotFormat.digestSize
        guard end >= SnapshotFormat.headerSize, bytes.number(at: 0) == SnapshotFormat.magic,
            Digest.sha256(bytes.extracting(0..<end)) == Digest(at: end, of: bytes)
        else { throw .malformed("it is not whole, or its digest does not match") }
        let format: UInt32 = bytes.number(at: 8)
        guard format >= SnapshotFormat.format else {
            throw .malformed("an older version wrote it")
        }
        guard format == SnapshotFormat.format else { throw .newer("snapshot format \(format)") }
        header = SnapshotHeader(
            log: LogID(at: 16, of: bytes), position: bytes.number(at: 32),
            chain: Digest(at: 40, of: bytes),
            createdAt: Timestamp(milliseconds: bytes.number(at: 72)))
        var reader = ByteReader(SnapshotFormat.headerSize..<end)
        adopted = try reader.flag(bytes) ? try reader.logID(bytes) : nil
        var suppressions: Set<Suppression> = []
        for _ in 0..<(try reader.number(bytes) as UInt32) {
            suppressions.insert(try reader.suppressed(bytes))
        }
        self.suppressions = suppressions
        var instances: [InstanceState] = []
        var people: [(keepsAddresses: Bool, list: IdentityList)] = []
        let count: UInt32 = bytes.number(at: 12)
        for _ in 0..<count {
            let instance = try reader.instance(bytes, number: InstanceNumber(instances.count + 1))
            instances.append(instance)
            let list = IdentityList(
                count: try reader.number(bytes), bytes: try reader.number(bytes),
                digest: try reader.digest(bytes))
            people.append((instance.settings.piiType == .email, list))
        }
        var receipts = Receipts()
        let memberReceipts: UInt32 = bytes.number(at: 80)
        let otherReceipts: UInt32 = bytes.number(at: 84)
        for _ in 0..<memberReceipts { try reader.receipt(bytes, into: &receipts, members: true) }
        for _ in 0..<otherReceipts { try reader.receipt(bytes, into: &receipts, members: false) }
        guard reader.isAtEnd else { throw .malformed("it holds more than its state") }
        self.instances = instances
        self.people = people
        self.receipts = receipts
    }

    /// What the snapshot says of one instance's people; nil where the instance is younger.
    package func list(of number: InstanceNumber) -> (keepsAddresses: Bool, list: IdentityList)? {
        let index = Int(number) - 1
        return people.indices.contains(index) ? people[index] : nil
    }

    /// The state, given the people of each instance in the same order.
    package func state(with members: [Membership]) -> State {
        var instances = instances
        for (index, members) in zip(instances.indices, members) {
            instances[index].restore(members)
        }
        return State(
            position: header.position, adopted: adopted, suppressions: suppressions,
            instances: instances, receipts: receipts)
    }
}

extension ByteReader {
    fileprivate mutating func instance(
        _ bytes: Span<UInt8>, number index: InstanceNumber
    ) throws(LogFault) -> InstanceState {
        guard let id = InstanceID(try text(bytes)) else {
            throw .malformed("an instance has no possible name")
        }
        let length = Int(try number(bytes) as UInt32)
        let start = try take(length)
        var field = ByteReader(start..<start + length)
        guard let settings = Settings(first: try field.settings(bytes)) else {
            throw .malformed("an instance has no settings")
        }
        let version: UInt64 = try number(bytes)
        let scheduledSince = try optionalTime(bytes)
        let segment = try flag(bytes) ? try segment(bytes) : nil
        let endpoint = try optionalText(bytes)
        let lastUploadAt = try optionalTime(bytes)
        let restoredAt: Position? = try flag(bytes) ? try number(bytes) : nil
        let lastSuccess = try flag(bytes) ? try run(bytes) : nil
        var runs: [Run] = []
        let count: UInt32 = try number(bytes)
        for _ in 0..<count { runs.append(try run(bytes)) }
        return InstanceState(
            id: id, number: index, settings: settings, version: version,
            scheduledSince: scheduledSince, segment: segment,
            segmentEndpoint: try endpoint.map { text throws(LogFault) in try self.endpoint(text) },
            runs: runs, lastSuccess: lastSuccess, lastUploadAt: lastUploadAt,
            restoredAt: restoredAt)
    }

    private mutating func segment(_ bytes: Span<UInt8>) throws(LogFault) -> Segment {
        Segment(
            crmDataId: try text(bytes), firstPartyDataId: try optionalText(bytes),
            origin: try choice(bytes))
    }

    fileprivate mutating func receipt(
        _ bytes: Span<UInt8>, into receipts: inout Receipts, members: Bool
    ) throws(LogFault) {
        let length = Int(try number(bytes) as UInt8)
        guard let id = try command(bytes, length: length, check: 0)?.id else {
            throw .malformed("a receipt has no command id")
        }
        let receipt = Receipt(
            check: try number(bytes), position: try number(bytes), version: try number(bytes),
            changed: try number(bytes), unchanged: try number(bytes), members: try number(bytes),
            isCreation: try flag(bytes))
        receipts.keep(receipt, of: id, concernsMembers: members)
    }
}
