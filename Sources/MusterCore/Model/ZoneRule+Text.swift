extension ZoneRule {
    /// Reads the form "EST5EDT,M3.2.0,M11.1.0", with the extensions of RFC 9636: names such as
    /// "<+01>", and times of day within 167 hours either way.
    ///
    /// A rule with daylight saving time but without its dates is refused.
    init?(_ text: String) {
        var cursor = TextCursor(text)
        guard cursor.takeZoneName(), let offset = cursor.duration(hours: 24) else { return nil }
        // POSIX counts offsets to the west.
        standardOffset = -offset
        if cursor.isAtEnd {
            daylight = nil
        } else {
            daylight = Daylight(&cursor, standardOffset: -offset)
            guard daylight != nil, cursor.isAtEnd else { return nil }
        }
    }
}

extension ZoneRule.Daylight {
    fileprivate init?(_ cursor: inout TextCursor, standardOffset: Int) {
        guard cursor.takeZoneName() else { return nil }
        if cursor.take(",") {
            offset = standardOffset + 3600
        } else {
            guard let west = cursor.duration(hours: 24), cursor.take(",") else { return nil }
            offset = -west
        }
        guard let start = ZoneRule.Moment(&cursor), cursor.take(","),
            let end = ZoneRule.Moment(&cursor)
        else { return nil }
        self.start = start
        self.end = end
    }
}

extension ZoneRule.Moment {
    fileprivate init?(_ cursor: inout TextCursor) {
        guard let day = ZoneRule.Day(&cursor) else { return nil }
        self.day = day
        guard cursor.take("/") else {
            time = 2 * 3600
            return
        }
        guard let time = cursor.duration(hours: 167) else { return nil }
        self.time = time
    }
}

extension ZoneRule.Day {
    fileprivate init?(_ cursor: inout TextCursor) {
        if cursor.take("M") {
            guard let month = cursor.number(digits: 1...2, within: 1...12), cursor.take("."),
                let week = cursor.number(digits: 1, within: 1...5), cursor.take("."),
                let weekday = cursor.number(digits: 1, within: 0...6)
            else { return nil }
            self = .weekday(month: month, week: week, weekday: weekday)
        } else if cursor.take("J") {
            guard let day = cursor.number(digits: 1...3, within: 1...365) else { return nil }
            self = .withoutLeapDay(day)
        } else {
            guard let day = cursor.number(digits: 1...3, within: 0...365) else { return nil }
            self = .fromZero(day)
        }
    }
}

extension TextCursor {
    /// Passes over a zone's abbreviation: three letters or more, or such with digits and signs
    /// between "<" and ">".
    fileprivate mutating func takeZoneName() -> Bool {
        guard take("<") else { return skip(while: Self.isLetter) >= 3 }
        let length = skip { byte in
            Self.isLetter(byte) || "+-0123456789".utf8.contains(byte)
        }
        return length >= 3 && take(">")
    }

    /// The seconds of a duration "[+-]h[:mm[:ss]]" of at most so many hours.
    fileprivate mutating func duration(hours limit: Int) -> Int? {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        guard let hours = number(digits: 1...3, within: 0...limit) else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] where take(":") {
            guard let count = number(digits: 2, within: 0...59) else { return nil }
            seconds += count * unit
        }
        return isNegative ? -seconds : seconds
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }
}
