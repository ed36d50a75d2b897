extension Timestamp {
    /// RFC 3339 in UTC, always with milliseconds: "2026-11-23T03:00:00.123Z".
    package var text: String {
        let (day, millisecond) = milliseconds.dividedDown(by: 86_400_000)
        let (second, fraction) = millisecond.dividedDown(by: 1000)
        let clock = [second / 3600, second / 60 % 60, second % 60].map { $0.padded(2) }
        let date = CalendarDate(dayNumber: Int(day)).text
        return "\(date)T\(clock.joined(separator: ":")).\(fraction.padded(3))Z"
    }

    /// Reads a date and time of RFC 3339 with its offset; "T" and "Z" are capitals.
    ///
    /// The fraction of a second has up to nine digits, of which the first three are kept. A leap
    /// second, which the host's clock has not either, is refused.
    package init?(text: String) {
        var cursor = TextCursor(text)
        guard let date = CalendarDate(&cursor), cursor.take("T"),
            let hour = cursor.number(digits: 2, within: 0...23), cursor.take(":"),
            let minute = cursor.number(digits: 2, within: 0...59), cursor.take(":"),
            let second = cursor.number(digits: 2, within: 0...59),
            let fraction = Self.fraction(&cursor),
            let offset = Self.offset(&cursor), cursor.isAtEnd
        else { return nil }
        let local = ((date.dayNumber * 24 + hour) * 60 + minute) * 60 + second
        self.init(milliseconds: Int64((local - offset) * 1000 + fraction))
    }

    /// The milliseconds of a fraction, 0 without one, nil where digits must follow and do not.
    private static func fraction(_ cursor: inout TextCursor) -> Int? {
        guard cursor.take(".") else { return 0 }
        guard let digits = cursor.digits(1...9) else { return nil }
        return (digits + [0, 0]).prefix(3).reduce(0) { $0 * 10 + $1 }
    }

    /// The seconds local time is ahead of UTC.
    private static func offset(_ cursor: inout TextCursor) -> Int? {
        if cursor.take("Z") { return 0 }
        let isBehind = cursor.take("-")
        guard isBehind || cursor.take("+"),
            let hour = cursor.number(digits: 2, within: 0...23), cursor.take(":"),
            let minute = cursor.number(digits: 2, within: 0...59)
        else { return nil }
        return (hour * 60 + minute) * (isBehind ? -60 : 60)
    }
}
