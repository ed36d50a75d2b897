import MusterCore
import Testing

/// A zone as it is read, and what its clocks were published to do in three years, written down
/// apart: the UTC instant of each change and the offset from then on.
struct Place: Sendable, CustomTestStringConvertible {
    let name: String
    /// The time of day that the schedule names, chosen to be skipped or repeated where that occurs.
    let dailyAt: String
    let start: String
    let firstOffset: Int
    let changes: [(at: String, offset: Int)]
    /// The rule in the zone's file; nil where only the table tells.
    let footer: String?

    var testDescription: String { name }

    func zone(withoutDaylight: Bool = false) throws -> Zone {
        if withoutDaylight { return try Zone(name: name, footer: "<X01>\(-firstOffset / 3600)") }
        if let footer { return try Zone(name: name, footer: footer) }
        let offsets = [firstOffset] + changes.map(\.offset)
        let source = ZoneFileSource(
            offsets: offsets.map { Int32($0) },
            changes: changes.enumerated().map { index, change in
                ((Timestamp(text: change.at)?.milliseconds ?? 0) / 1000, UInt8(index + 1))
            }, footer: "")
        return try Zone(name: name, tzif: source.bytes)
    }

    static let all = [newYork, sydney, lordHowe, kolkata, apia]

    /// 02:30 does not exist on one Sunday of March.
    static let newYork = Place(
        name: "America/New_York", dailyAt: "02:30", start: "2026-01-01T00:00:00Z",
        firstOffset: -18_000,
        changes: [
            ("2026-03-08T07:00:00Z", -14_400), ("2026-11-01T06:00:00Z", -18_000),
            ("2027-03-14T07:00:00Z", -14_400), ("2027-11-07T06:00:00Z", -18_000),
            ("2028-03-12T07:00:00Z", -14_400), ("2028-11-05T06:00:00Z", -18_000),
        ], footer: "EST5EDT,M3.2.0,M11.1.0")

    /// 02:30 does not exist on one Sunday of October, and is there twice on one of April.
    static let sydney = Place(
        name: "Australia/Sydney", dailyAt: "02:30", start: "2026-01-01T00:00:00Z",
        firstOffset: 39_600,
        changes: [
            ("2026-04-04T16:00:00Z", 36_000), ("2026-10-03T16:00:00Z", 39_600),
            ("2027-04-03T16:00:00Z", 36_000), ("2027-10-02T16:00:00Z", 39_600),
            ("2028-04-01T16:00:00Z", 36_000), ("2028-09-30T16:00:00Z", 39_600),
        ], footer: nil)

    /// Its clocks change by half an hour, so that 01:45 is there twice.
    static let lordHowe = Place(
        name: "Australia/Lord_Howe", dailyAt: "01:45", start: "2026-01-01T00:00:00Z",
        firstOffset: 39_600,
        changes: [
            ("2026-04-04T15:00:00Z", 37_800), ("2026-10-03T15:30:00Z", 39_600),
            ("2027-04-03T15:00:00Z", 37_800), ("2027-10-02T15:30:00Z", 39_600),
            ("2028-04-01T15:00:00Z", 37_800), ("2028-09-30T15:30:00Z", 39_600),
        ], footer: nil)

    /// Half an hour off, and never changed.
    static let kolkata = Place(
        name: "Asia/Kolkata", dailyAt: "00:00", start: "2026-01-01T00:00:00Z",
        firstOffset: 19_800, changes: [], footer: "IST-5:30")

    /// It went over the date line: there is no 30 December 2011, and 23:30 of the 29th is half an
    /// hour before the change.
    static let apia = Place(
        name: "Pacific/Apia", dailyAt: "23:30", start: "2010-01-01T00:00:00Z",
        firstOffset: -39_600,
        changes: [
            ("2010-09-26T11:00:00Z", -36_000), ("2011-04-02T14:00:00Z", -39_600),
            ("2011-09-24T14:00:00Z", -36_000), ("2011-12-30T10:00:00Z", 50_400),
            ("2012-03-31T14:00:00Z", 46_800), ("2012-09-29T14:00:00Z", 50_400),
        ], footer: nil)
}

/// When a place's dates are due, found by trying every offset it ever had, in place of going
/// through its changes.
struct Almanac {
    struct Day {
        let number: Int
        let nominal: Int64
        let due: Int64
    }

    let days: [Day]

    init(_ place: Place, delay: Int64, hours: Int) {
        let changes: [(at: Int64, offset: Int64)] = place.changes.map { change in
            let at = Timestamp(text: change.at)?.milliseconds ?? 0
            return (at / 1000, Int64(change.offset))
        }
        let first = Int64(place.firstOffset)
        let offsets = Set(changes.map(\.offset) + [first])
        /// What the clocks show at an instant.
        func shown(_ second: Int64) -> Int64 {
            second + (changes.last { $0.at <= second }?.offset ?? first)
        }
        let start = (Timestamp(text: place.start)?.milliseconds ?? 0) / 1000
        let time = place.dailyAt.split(separator: ":").map { Int64($0) ?? 0 }
        let firstDay = Int(start / 86_400)
        days = (firstDay - 8...firstDay + hours / 24 + 8).map { number in
            let local = Int64(number) * 86_400 + time[0] * 3600 + time[1] * 60
            let candidates = offsets.map { local - $0 }.filter { shown($0) == local }
            // Where no offset shows that time, the clocks jumped past it at a change.
            let jump = changes.first { shown($0.at) > local && shown($0.at - 1) < local }
            let nominal = candidates.min() ?? jump?.at ?? 0
            return Day(number: number, nominal: nominal, due: nominal + delay)
        }
    }

    /// The index of the last date that is due by `second`.
    func latest(at second: Int64) -> Int? {
        var (low, high) = (0, days.count)
        while low < high {
            let middle = (low + high) / 2
            if days[middle].due <= second { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : low - 1
    }
}
