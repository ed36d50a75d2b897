/// Reads the records of one commit, and the identities they take, from front to back.
struct RecordDecoder {
    private var records: ByteReader
    private var identities: ByteReader
    /// How many slots were passed over because they name nobody any more.
    private(set) var erasedSlots = 0

    /// Begins behind the salt of `identities`, where there are any.
    init(records: Range<Int>, identities: Range<Int>) throws(LogFault) {
        self.records = ByteReader(records)
        self.identities = ByteReader(identities)
        if !identities.isEmpty { _ = try self.identities.take(RecordFormat.saltSize) }
    }

    /// Whether both parts are used up.
    var isAtEnd: Bool { records.isAtEnd && identities.isAtEnd }

    mutating func next(in bytes: Span<UInt8>) throws(LogFault) -> Event {
        let start = records.offset
        let size = Int(try records.number(bytes) as UInt16)
        guard size >= RecordFormat.headerSize else { throw .malformed("a record is too short") }
        _ = try records.take(size - 2)
        var record = ByteReader(start + 2..<start + size)
        let rawType: UInt8 = try record.number(bytes)
        guard let type = EventType(rawValue: rawType) else {
            throw .newer("event type \(rawType)")
        }
        let version: UInt8 = try record.number(bytes)
        guard version == RecordFormat.version else {
            throw .newer("version \(version) of event type \(rawType)")
        }
        let flags: UInt8 = try record.number(bytes)
        guard flags & ~RecordFormat.causedByPeer == 0 else { throw .newer("record flags \(flags)") }
        let commandLength = Int(try record.number(bytes) as UInt8)
        let check: UInt16 = try record.number(bytes)
        let at = Timestamp(milliseconds: try record.number(bytes))
        let actor = try record.actor(bytes, isPeer: flags & RecordFormat.causedByPeer != 0)
        let command = try record.command(bytes, length: commandLength, check: check)
        let fact = try fact(type, from: &record, of: bytes)
        guard record.isAtEnd else { throw .malformed("a record is too long") }
        return Event(at: at, actor: actor, command: command, fact: fact)
    }

    private mutating func fact(
        _ type: EventType, from record: inout ByteReader, of bytes: Span<UInt8>
    ) throws(LogFault) -> Fact {
        switch type {
        case .membersAdded: .membersAdded(try members(from: &record, of: bytes))
        case .membersRemoved: .membersRemoved(try members(from: &record, of: bytes))
        default: try record.fact(type, of: bytes)
        }
    }

    private mutating func members(
        from record: inout ByteReader, of bytes: Span<UInt8>
    ) throws(LogFault) -> MembersChanged {
        let instance: InstanceNumber = try record.number(bytes)
        let unchanged: UInt32 = try record.number(bytes)
        let slots = Int(try record.number(bytes) as UInt32)
        let rawForm: UInt8 = try record.number(bytes)
        guard let form = SlotForm(rawValue: rawForm) else { throw .newer("slot form \(rawForm)") }
        let people: Identities =
            switch form {
            case .digest: .digests(try digests(slots, of: bytes))
            case .address: .addresses(try addresses(slots, of: bytes))
            }
        return MembersChanged(instance: instance, identities: people, unchanged: unchanged)
    }

    private mutating func digests(
        _ slots: Int, of bytes: Span<UInt8>
    ) throws(LogFault) -> [Digest] {
        let start = try identities.take(slots * 32)
        if slots == 1 {
            let digest = Digest(at: start, of: bytes)
            guard digest.isZero else { return [digest] }
            erasedSlots += 1
            return []
        }
        var digests: [Digest] = []
        digests.reserveCapacity(slots)
        for slot in 0..<slots {
            let digest = Digest(at: start + slot * 32, of: bytes)
            if !digest.isZero { digests.append(digest) }
        }
        erasedSlots += slots - digests.count
        return digests
    }

    private mutating func addresses(
        _ slots: Int, of bytes: Span<UInt8>
    ) throws(LogFault) -> [Email] {
        var addresses: [Email] = []
        for _ in 0..<slots {
            let length = Int(try identities.number(bytes) as UInt16)
            guard (1...Email.limit).contains(length) else {
                throw .malformed("an address has no possible length")
            }
            let start = try identities.take(length)
            if bytes[start] != 0 {
                addresses.append(Email(stored: bytes.copy(start..<start + length)))
            } else if !bytes.isZero(start..<start + length) {
                throw .malformed("an address begins with a zero byte")
            } else {
                erasedSlots += 1
            }
        }
        return addresses
    }
}

extension ByteReader {
    mutating func actor(
        _ bytes: Span<UInt8>, isPeer: Bool
    ) throws(LogFault) -> Actor {
        guard isPeer else { return .daemon }
        return .peer(uid: try number(bytes), gid: try number(bytes), pid: try number(bytes))
    }

    mutating func command(
        _ bytes: Span<UInt8>, length: Int, check: UInt16
    ) throws(LogFault) -> CommandStamp? {
        guard length > 0 else {
            guard check == 0 else { throw .malformed("a check stands without a command id") }
            return nil
        }
        let start = try take(length)
        guard let id = CommandID(bytes.extracting(start..<start + length)) else {
            throw .malformed("a command id holds other characters")
        }
        return CommandStamp(id: id, check: check)
    }
}
