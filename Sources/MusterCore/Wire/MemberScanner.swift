/// Reads the commands that come most, `member.add` and `member.remove` in their plain form, in one
/// pass over the bytes and without a value in between.
///
/// What it takes it reads as the general reader of requests does, to the same request; a test holds
/// one to the other. It leaves to that reader whatever is less usual or wrong: an escape, a name
/// that these commands rarely or never have or that stands twice, a value of another kind, text that
/// is not JSON.
struct MemberScanner {
    /// The text is for the general reader, which finds out why.
    private struct Unusual: Error {}

    private var reader = JSONReader()
    private var id: RequestID?
    private var adding: Bool?
    private var commandId: CommandID?
    private var hasParams = false
    private var instance: (id: InstanceID, text: Range<Int>)?
    private var isAtomic: Bool?
    private var isSingle = false
    private var members: NamedMembers?
    /// The one member's text, or all that stands between the brackets.
    private var membersText = 0..<0
    /// Whether nothing but the texts and a comma between each two stands there.
    private var isDense = true

    /// The request, or nil where it is not of that form.
    static func request(_ body: Span<UInt8>) -> Request? {
        var scanner = MemberScanner()
        do {
            return try scanner.read(body)
        } catch {
            // The general reader reads it from the start and says what is wrong, if anything is.
            return nil
        }
    }

    private mutating func read(_ bytes: Span<UInt8>) throws(Unusual) -> Request {
        try object(bytes) { (scanner, name) throws(Unusual) in
            try scanner.readMember(ofEnvelope: name, bytes)
        }
        reader.skipSpace(bytes)
        guard reader.position == bytes.count, let id, let adding, let instance, let members else {
            throw Unusual()
        }
        let list = MemberList(
            instance: instance.id, members: members, isSingle: isSingle,
            isAtomic: isAtomic ?? false)
        let stamp = commandId.map {
            CommandStamp(id: $0, sum: sum(bytes, adding: adding, instance.text))
        }
        return Request(
            id: id, command: adding ? .addMembers(list) : .removeMembers(list), stamp: stamp)
    }

    private mutating func readMember(
        ofEnvelope name: Range<Int>, _ bytes: Span<UInt8>
    ) throws(Unusual) {
        switch bytes.word(name) {
        case Word.id where id == nil: id = try requestID(bytes)
        case Word.method where adding == nil:
            let method = bytes.word(try string(bytes))
            guard method == Word.add || method == Word.remove else { throw Unusual() }
            adding = method == Word.add
        case Word.params where !hasParams:
            hasParams = true
            try object(bytes) { (scanner, name) throws(Unusual) in
                try scanner.readMember(ofParams: name, bytes)
            }
        case Word.commandId where commandId == nil:
            guard let id = CommandID(bytes.extracting(try string(bytes))) else { throw Unusual() }
            commandId = id
        default: throw Unusual()
        }
    }

    private mutating func readMember(
        ofParams name: Range<Int>, _ bytes: Span<UInt8>
    ) throws(Unusual) {
        switch bytes.word(name) {
        case Word.instance where instance == nil:
            let range = try string(bytes)
            guard let id = InstanceID(try text(bytes, range)) else { throw Unusual() }
            instance = (id, range)
        case Word.member where members == nil:
            isSingle = true
            membersText = try string(bytes)
            var members = NamedMembers()
            members.append(bytes.extracting(membersText))
            self.members = members
        case Word.members where members == nil: members = try list(bytes)
        case Word.atomic where isAtomic == nil: isAtomic = try flag(bytes)
        default: throw Unusual()
        }
    }

    private mutating func list(_ bytes: Span<UInt8>) throws(Unusual) -> NamedMembers {
        try take("[", bytes)
        let start = reader.position
        var members = NamedMembers()
        members.reserve(
            min((bytes.count - start) / 16, MemberList.limit), bytes: bytes.count - start)
        var dense = 0
        repeat {
            reader.skipSpace(bytes)
            let text = try string(bytes)
            guard members.count < MemberList.limit else { throw Unusual() }
            members.append(bytes.extracting(text))
            dense += text.count + 3
            reader.skipSpace(bytes)
        } while reader.take(UInt8(ascii: ","), bytes)
        membersText = start..<reader.position
        isDense = membersText.count == dense - 1
        try take("]", bytes)
        return members
    }
}

extension MemberScanner {
    /// Reads an object; `member` is called at the value of each of its members, and reads it.
    private mutating func object(
        _ bytes: Span<UInt8>, _ member: (inout MemberScanner, Range<Int>) throws(Unusual) -> Void
    ) throws(Unusual) {
        try take("{", bytes)
        repeat {
            reader.skipSpace(bytes)
            let name = try string(bytes)
            try take(":", bytes)
            reader.skipSpace(bytes)
            try member(&self, name)
            reader.skipSpace(bytes)
        } while reader.take(UInt8(ascii: ","), bytes)
        try take("}", bytes)
    }

    private mutating func take(_ sign: Unicode.Scalar, _ bytes: Span<UInt8>) throws(Unusual) {
        reader.skipSpace(bytes)
        guard reader.take(UInt8(ascii: sign), bytes) else { throw Unusual() }
    }

    /// Where the string at the position has its text, which holds no escape and is UTF-8.
    private mutating func string(_ bytes: Span<UInt8>) throws(Unusual) -> Range<Int> {
        guard reader.take(UInt8(ascii: "\""), bytes) else { throw Unusual() }
        let start = reader.position
        let run = JSONText.run(bytes, from: start)
        guard run.end < bytes.count, bytes[run.end] == UInt8(ascii: "\"") else { throw Unusual() }
        reader.position = run.end + 1
        if !run.isASCII { _ = try text(bytes, start..<run.end) }
        return start..<run.end
    }

    /// The text of the string at the position.
    private mutating func text(_ bytes: Span<UInt8>) throws(Unusual) -> String {
        try text(bytes, try string(bytes))
    }

    private func text(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(Unusual) -> String {
        do {
            return try JSONReader.text(bytes, range)
        } catch {
            throw Unusual()
        }
    }

    private mutating func requestID(_ bytes: Span<UInt8>) throws(Unusual) -> RequestID {
        guard reader.position < bytes.count else { throw Unusual() }
        if bytes[reader.position] == UInt8(ascii: "\"") {
            let text = try text(bytes)
            guard text.utf8.count <= TextLimit.id else { throw Unusual() }
            return .string(text)
        }
        do {
            return .integer(try reader.integer(bytes))
        } catch {
            throw Unusual()
        }
    }

    private mutating func flag(_ bytes: Span<UInt8>) throws(Unusual) -> Bool {
        do {
            return try reader.flag(bytes)
        } catch {
            throw Unusual()
        }
    }

    /// The checksum of the method and the canonical text of its parameters: their names in order, no
    /// white space, and texts that need no escape as they are.
    private func sum(_ bytes: Span<UInt8>, adding: Bool, _ instance: Range<Int>) -> UInt32 {
        var sum = CRC32C.checksum(of: (adding ? "member.add" : "member.remove").utf8.span)
        func take(_ text: String) { sum = CRC32C.checksum(of: text.utf8.span, seed: sum) }
        take("\0{")
        if let isAtomic { take("\"atomic\":\(isAtomic),") }
        take("\"instance\":\"")
        sum = CRC32C.checksum(of: bytes.extracting(instance), seed: sum)
        take(isSingle ? "\",\"member\":\"" : "\",\"members\":[")
        if isSingle || isDense {
            sum = CRC32C.checksum(of: bytes.extracting(membersText), seed: sum)
        } else {
            sum = denseSum(bytes, seed: sum)
        }
        take(isSingle ? "\"}" : "]}")
        return sum
    }

    /// Continues a checksum over the list without the white space between its texts.
    private func denseSum(_ bytes: Span<UInt8>, seed: UInt32) -> UInt32 {
        var sum = seed
        var reader = JSONReader()
        reader.position = membersText.lowerBound
        while true {
            reader.skipSpace(bytes)
            let start = reader.position
            reader.position = JSONText.run(bytes, from: start + 1).end + 1
            sum = CRC32C.checksum(of: bytes.extracting(start..<reader.position), seed: sum)
            reader.skipSpace(bytes)
            guard reader.take(UInt8(ascii: ","), bytes) else { return sum }
            sum = CRC32C.checksum(of: ",".utf8.span, seed: sum)
        }
    }
}

/// The names and words that member commands have, as numbers that are quick to compare.
private enum Word {
    static let id = word("id")
    static let method = word("method")
    static let params = word("params")
    static let commandId = word("commandId")
    static let instance = word("instance")
    static let member = word("member")
    static let members = word("members")
    static let atomic = word("atomic")
    static let add = word("member.add")
    static let remove = word("member.remove")

    private static func word(_ text: String) -> UInt128 {
        Array(text.utf8).span.word(0..<text.utf8.count)
    }
}

extension Span where Element == UInt8 {
    /// The bytes of `range` as one number, the first on top.
    ///
    /// It is 0 where there are more than 16, as in no word that is known; no byte of a string's plain
    /// text is 0.
    fileprivate func word(_ range: Range<Int>) -> UInt128 {
        guard range.count <= 16 else { return 0 }
        var word: UInt128 = 0
        for index in range { word = word << 8 | UInt128(self[index]) }
        return word
    }
}
