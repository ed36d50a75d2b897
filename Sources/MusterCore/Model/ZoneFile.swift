/// A compiled file of the tz database: TZif of RFC 9636, version 2 or later.
///
/// The file holds, integers with the biggest byte first:
/// - a header of 44 bytes: "TZif", the version as a digit, 15 bytes unused, and six counts of
///   4 bytes: UT indicators, standard indicators, leap seconds, changes, types, name bytes;
/// - a block for readers of version 1, with times of 4 bytes, which is passed over;
/// - the header again, with the counts of the second block;
/// - the second block: the instants of the changes (8 bytes each), the type after each (1), the
///   types (6: the offset in 4, daylight, where its name begins), the names, the leap seconds (12),
///   the standard and the UT indicators (1);
/// - a footer: the rule after the last change, between two line feeds, possibly empty.
///
/// That the rule agrees with the table at the last change is not asked for: zic has written files
/// where it does not (America/Ojinaga, slim, in November 2022).
struct ZoneFile {
    let firstOffset: Int
    let changes: [Zone.Change]
    let rule: ZoneRule?

    init(_ bytes: [UInt8]) throws(ZoneError) {
        var cursor = ByteCursor(bytes)
        let old = try Counts(&cursor)
        _ = try cursor.take(old.blockLength(timeLength: 4))
        let counts = try Counts(&cursor)
        guard counts.leapSeconds == 0 else { throw .leapSeconds }
        var block = ByteCursor(try cursor.take(counts.blockLength(timeLength: 8)))
        let offsets: [Int]
        (changes, offsets) = try Self.table(&block, counts)
        firstOffset = offsets[0]
        rule = try Self.footer(try cursor.take(cursor.count))
    }

    private static func table(
        _ block: inout ByteCursor, _ counts: Counts
    ) throws(ZoneError) -> (changes: [Zone.Change], offsets: [Int]) {
        var instants: [Int] = []
        for _ in 0..<counts.changes { instants.append(try block.integer(8)) }
        let types = try block.take(counts.changes)
        let offsets = try Self.offsets(&block, counts)
        guard zip(instants, instants.dropFirst()).allSatisfy(<),
            instants.allSatisfy({ $0.magnitude <= 1 << 60 }),
            types.allSatisfy({ $0 < offsets.count })
        else { throw .badTable }
        let changes = zip(instants, types).map { instant, type in
            Zone.Change(instant: instant, offset: offsets[Int(type)])
        }
        return (changes, offsets)
    }

    private static func offsets(
        _ block: inout ByteCursor, _ counts: Counts
    ) throws(ZoneError) -> [Int] {
        var offsets: [Int] = []
        for _ in 0..<counts.types {
            let offset = try block.integer(4)
            let daylight = try block.integer(1)
            let nameStart = UInt8(truncatingIfNeeded: try block.integer(1))
            guard offset.magnitude <= ZoneRule.offsetLimit, daylight == 0 || daylight == 1,
                nameStart < counts.nameBytes
            else { throw .badTable }
            offsets.append(offset)
        }
        return offsets
    }

    private static func footer(_ bytes: [UInt8]) throws(ZoneError) -> ZoneRule? {
        guard bytes.count >= 2 else { throw .truncated }
        let lineFeed = UInt8(ascii: "\n")
        guard bytes.first == lineFeed, bytes.last == lineFeed else { throw .badRule }
        let text = bytes.dropFirst().dropLast()
        if text.isEmpty { return nil }
        guard let rule = ZoneRule(String(decoding: text, as: UTF8.self)) else { throw .badRule }
        return rule
    }
}

/// The counts in the header of a block.
private struct Counts {
    let utIndicators: Int
    let standardIndicators: Int
    let leapSeconds: Int
    let changes: Int
    let types: Int
    let nameBytes: Int

    init(_ cursor: inout ByteCursor) throws(ZoneError) {
        guard try cursor.take(4) == Array("TZif".utf8) else { throw .notAZoneFile }
        let version = try cursor.integer(1)
        guard version != 0 else { throw .oldVersion }
        guard version >= Int(UInt8(ascii: "2")) else { throw .notAZoneFile }
        _ = try cursor.take(15)
        utIndicators = try cursor.count32()
        standardIndicators = try cursor.count32()
        leapSeconds = try cursor.count32()
        changes = try cursor.count32()
        types = try cursor.count32()
        nameBytes = try cursor.count32()
        guard (1...256).contains(types), nameBytes > 0,
            utIndicators == 0 || utIndicators == types,
            standardIndicators == 0 || standardIndicators == types
        else { throw .badTable }
    }

    func blockLength(timeLength: Int) -> Int {
        changes * (timeLength + 1) + types * 6 + nameBytes + leapSeconds * (timeLength + 4)
            + standardIndicators + utIndicators
    }
}

/// Reads binary values from the front.
private struct ByteCursor {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    var count: Int { rest.count }

    mutating func take(_ count: Int) throws(ZoneError) -> [UInt8] {
        guard count <= rest.count else { throw .truncated }
        defer { rest.removeFirst(count) }
        return Array(rest.prefix(count))
    }

    /// A signed integer of so many bytes, the biggest first.
    mutating func integer(_ length: Int) throws(ZoneError) -> Int {
        let bytes = try take(length)
        let isNegative = (bytes.first ?? 0) >= 0x80
        return bytes.reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) }
    }

    /// A count, 4 bytes.
    mutating func count32() throws(ZoneError) -> Int {
        try take(4).reduce(0) { $0 << 8 | Int($1) }
    }
}
