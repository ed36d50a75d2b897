/// A time zone: which offset from UTC its clocks have at which instant.
///
/// Before the first change of a zone's table its first offset holds; after the last one its rule.
package struct Zone: Hashable, Sendable {
    /// An instant at which the offset changes, and the new offset.
    struct Change: Hashable, Sendable {
        /// Seconds since 1970-01-01T00:00:00Z.
        let instant: Int
        /// Seconds ahead of UTC.
        let offset: Int
    }

    /// The name under which the zone was asked for, such as "America/New_York".
    package let name: String
    private let firstOffset: Int
    private let changes: [Change]
    private let rule: ZoneRule?

    /// Coordinated Universal Time.
    package static let utc = Zone(name: "UTC", firstOffset: 0, changes: [], rule: nil)

    private init(name: String, firstOffset: Int, changes: [Change], rule: ZoneRule?) {
        self.name = name
        self.firstOffset = firstOffset
        self.changes = changes
        self.rule = rule
    }

    /// The zone of a compiled file of the tz database (TZif, RFC 9636), version 2 or later.
    package init(name: String, tzif bytes: [UInt8]) throws(ZoneError) {
        guard Self.isPlausibleName(name) else { throw .badName }
        let file = try ZoneFile(bytes)
        self.init(
            name: name, firstOffset: file.firstOffset, changes: file.changes, rule: file.rule)
    }

    /// The zone that follows one rule at all times, written as in POSIX: "EST5EDT,M3.2.0,M11.1.0".
    package init(name: String, footer: String) throws(ZoneError) {
        guard Self.isPlausibleName(name) else { throw .badName }
        guard let rule = ZoneRule(footer) else { throw .badRule }
        self.init(name: name, firstOffset: rule.standardOffset, changes: [], rule: rule)
    }

    /// The most bytes of a zone's name.
    package static let nameLimit = 64

    /// Whether `name` may be looked up as a file below a directory of zones, and stays below it.
    package static func isPlausibleName(_ name: String) -> Bool {
        guard name.utf8.count <= nameLimit else { return false }
        return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .allSatisfy { segment in
                segment.first != nil && segment.first != UInt8(ascii: ".")
                    && segment.allSatisfy(isNameByte)
            }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "._+-".utf8.contains(byte)
        }
    }
}

extension Zone {
    /// The seconds the zone's clocks are ahead of UTC at `instant`.
    package func offset(at instant: Timestamp) -> Int {
        offset(second: second(of: instant))
    }

    /// The date the zone's calendars show at `instant`.
    package func date(at instant: Timestamp) -> CalendarDate {
        let second = second(of: instant)
        let local = second + offset(second: second)
        return CalendarDate(dayNumber: local.dividedDown(by: 86_400).quotient)
    }

    /// The first instant at which the zone's clocks show this date and time, or a later one.
    ///
    /// So a time that occurs twice, where clocks go back, is its first occurrence, and a time that
    /// is skipped, where they go forward, is the instant of the change. (Foundation instead moves a
    /// skipped time on by the length of the gap.)
    package func instant(of date: CalendarDate, at time: TimeOfDay) -> Timestamp {
        let local = date.dayNumber * 86_400 + time.hour * 3600 + time.minute * 60
        let window = (local - ZoneRule.offsetLimit)...(local + ZoneRule.offsetLimit)
        var offset = offset(second: window.lowerBound)
        for change in upcoming(in: window) {
            if local - offset < change.instant { break }
            offset = change.offset
            // The local time was skipped: the clocks jump past it at this change.
            if change.instant + offset >= local { return Timestamp(second: change.instant) }
        }
        return Timestamp(second: local - offset)
    }

    private func second(of instant: Timestamp) -> Int {
        Int(instant.milliseconds.dividedDown(by: 1000).quotient)
    }

    private func offset(second: Int) -> Int {
        let index = changes.indices.firstPlace { changes[$0].instant > second }
        if index == changes.count, let rule { return rule.offset(second: second) }
        return index == 0 ? firstOffset : changes[index - 1].offset
    }

    /// The changes after the start of `window`, to its end, in order.
    private func upcoming(in window: ClosedRange<Int>) -> [Change] {
        let start = changes.indices.firstPlace { changes[$0].instant > window.lowerBound }
        let listed = changes[start...].prefix { $0.instant <= window.upperBound }
        let ruled = rule?.changes(around: window.upperBound) ?? []
        let lastListed = changes.last?.instant ?? .min
        return listed
            + ruled.filter { $0.instant > max(lastListed, window.lowerBound) }
            .prefix { $0.instant <= window.upperBound }
    }
}

extension Timestamp {
    fileprivate init(second: Int) {
        self.init(milliseconds: Int64(second) * 1000)
    }
}
