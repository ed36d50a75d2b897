// A snapshot is the state at one position, so that a start need not read the log up to there. It is
// a cache: the log alone says what is so. It has one file for the state without the people, and for
// each instance one file of the people (IdentityList.swift), which the first names by digest.
//
//     state, numbers little-endian; text, flag, digest and x? as in Record.swift
//       header, 128 bytes
//         0  8   magic "MusterSn"
//         8  u32 format, 3
//        12  u32 number of instances
//        16  16  id of the log
//        32  u64 position: that of a commit's last event
//        40  32  chain behind that commit
//        72  i64 creation by the host's clock, milliseconds since 1970-01-01T00:00:00Z; information only
//        80  u32 receipts of member commands
//        84  u32 receipts of other commands
//        88  40  zero
//       (16 bytes)? id of the log since it was last put back from a copy
//       u32 number of suppressions, each u32 instance (0 for all), 32 bytes mark, in this order
//       each instance, by number, from 1
//         text name, u32 bytes of settings, settings (all of them, as in Record.swift), u64 version,
//         (i64 in milliseconds)? schedule set, (text CrmDataId, text? FirstPartyDataId, u8 origin)? segment,
//         text? endpoint of the segment, i64? last upload, u64? position at which the log was put back, until the next
//         success, run? last success, u32 number of runs, runs, oldest first,
//         u64 members, u64 bytes and digest of the file of identities (SHA-256)
//       each receipt, oldest first, those of member commands before the others
//         u8 length of the command id, the id, u16 check, u64 position, u64 version, u32 changed, u32 unchanged,
//         u64 members, flag created an instance
//       digest: SHA-256 of everything before
//
//     run
//       u64 id, payload of record type 4, actor (flag a process; then u32 uid, u32 gid, i32 pid), i64 requested,
//       (payload of type 5, i64 time)? frozen, text? reference, u32 drops, u32 attempts,
//       (payload of type 10, i64 time)? uploaded, (payload of type 15)? drop status, i64? last asked, i64? end,
//       u8 phase: 1 requested, 2 frozen, 3 creation intended (then i64 time), 4 resolved, 5 drop opened, 6 uploading,
//       7 uploaded, 8 succeeded, 9 failed (then the payload of type 12), 10 held (13), 11 skipped (14)
//
// A reader must pass over a snapshot whose digests do not match, whose format it does not know, or
// whose chain is not the log's at its position.

/// The first part of a snapshot: which log it is of, and where it stands.
package struct SnapshotHeader: Hashable, Sendable {
    package let log: LogID
    package let position: Position
    package let chain: Digest
    package let createdAt: Timestamp

    package init(log: LogID, position: Position, chain: Digest, createdAt: Timestamp) {
        self.log = log
        self.position = position
        self.chain = chain
        self.createdAt = createdAt
    }
}

/// The constants of the snapshot format.
enum SnapshotFormat {
    static let magic = UInt64(littleEndianText: "MusterSn")
    static let format: UInt32 = 3
    static let headerSize = 128
    static let digestSize = 32
}

/// Writes a state without its people, in pieces: call the functions in the order they stand here,
/// and write what `take` gives.
package struct SnapshotEncoder {
    private let header: SnapshotHeader
    private var writer = ByteWriter()

    package init(_ header: SnapshotHeader) {
        self.header = header
    }

    /// The bytes since the last call.
    package mutating func take() -> [UInt8] {
        defer { writer.removeAll() }
        return writer.bytes
    }

    package var byteCount: Int { writer.bytes.count }

    /// Begins the snapshot of `state`, which must stand at the header's position.
    package mutating func begin(_ state: State) {
        let receipts = state.receipts.counts
        writer.number(SnapshotFormat.magic)
        writer.number(SnapshotFormat.format)
        writer.number(UInt32(state.instances.count))
        writer.raw(header.log)
        writer.number(header.position)
        writer.digest(header.chain)
        writer.number(header.createdAt.milliseconds)
        writer.number(UInt32(receipts.members))
        writer.number(UInt32(receipts.others))
        writer.raw([UInt8](repeating: 0, count: 40))
        writer.flag(state.adopted != nil)
        if let adopted = state.adopted { writer.raw(adopted) }
        writer.number(UInt32(state.suppressions.count))
        for one in state.suppressions.sorted() { writer.suppressed(one) }
    }

    /// Adds an instance, whose people stand in a file of their own.
    package mutating func add(
        _ instance: InstanceState, people: IdentityList
    ) throws(EncodingFault) {
        try writer.text(instance.id.text)
        var settings = ByteWriter()
        try settings.settings(SettingsChange(all: instance.settings))
        writer.number(UInt32(settings.bytes.count))
        writer.raw(settings.bytes)
        writer.number(instance.version)
        writer.time(instance.scheduledSince)
        writer.flag(instance.segment != nil)
        if let segment = instance.segment { try writer.write(segment) }
        try writer.optionalText(instance.segmentEndpoint?.text)
        writer.time(instance.lastUploadAt)
        writer.flag(instance.restoredAt != nil)
        if let position = instance.restoredAt { writer.number(position) }
        writer.flag(instance.lastSuccess != nil)
        if let run = instance.lastSuccess { try writer.run(run) }
        writer.number(UInt32(instance.runs.count))
        for run in instance.runs { try writer.run(run) }
        writer.number(people.count)
        writer.number(people.bytes)
        writer.digest(people.digest)
    }

    /// Adds the next receipt.
    package mutating func add(_ receipt: Receipt, of id: CommandID) {
        writer.number(UInt8(id.count))
        writer.raw(id)
        writer.number(receipt.check)
        writer.number(receipt.position)
        writer.number(receipt.version)
        writer.number(receipt.changed)
        writer.number(receipt.unchanged)
        writer.number(receipt.members)
        writer.flag(receipt.isCreation)
    }

    /// Adds the digest of everything before, at the end.
    package mutating func end(_ digest: Digest) {
        writer.digest(digest)
    }
}

extension ByteWriter {
    mutating func raw(_ log: LogID) {
        var bytes: [UInt8] = []
        log.append(to: &bytes)
        raw(bytes)
    }

    /// A time that may be absent.
    mutating func time(_ time: Timestamp?) {
        flag(time != nil)
        if let time { number(time.milliseconds) }
    }

    fileprivate mutating func write(_ segment: Segment) throws(EncodingFault) {
        try text(segment.crmDataId)
        try optionalText(segment.firstPartyDataId)
        number(segment.origin.rawValue)
    }
}
