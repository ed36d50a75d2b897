/// A day of the proleptic Gregorian calendar.
package struct CalendarDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    package let dayNumber: Int

    /// The day so many days after 1970-01-01, or before it when negative.
    package init(dayNumber: Int) {
        self.dayNumber = dayNumber
    }

    /// The day with these numbers, or nil where the calendar has none.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day) else {
            return nil
        }
        dayNumber = Self.dayNumber(year: year, month: month, day: day)
    }

    /// Reads exactly the form "2026-11-23", years 0000 to 9999.
    package init?(_ text: String) {
        var cursor = TextCursor(text)
        self.init(&cursor)
        guard cursor.isAtEnd else { return nil }
    }

    init?(_ cursor: inout TextCursor) {
        guard let year = cursor.number(digits: 4, within: 0...9999), cursor.take("-"),
            let month = cursor.number(digits: 2, within: 1...12), cursor.take("-"),
            let day = cursor.number(digits: 2, within: 1...31)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The year, 0 being the one before year 1.
    package var year: Int { components.year }
    /// The month, 1 to 12.
    package var month: Int { components.month }
    /// The day of the month, from 1.
    package var day: Int { components.day }

    /// The form "2026-11-23".
    package var text: String {
        let (year, month, day) = components
        return "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))"
    }

    /// The date so many days later, or earlier when negative.
    package func advanced(days: Int) -> CalendarDate {
        CalendarDate(dayNumber: dayNumber + days)
    }

    package static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        left.dayNumber < right.dayNumber
    }
}

extension CalendarDate {
    /// The day of the week, Sunday being 0.
    var weekday: Int { (dayNumber + 4).dividedDown(by: 7).remainder }

    static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    // Both ways count years from 1 March, so that the leap day is the last of its year, in eras of
    // 400 years, which all have 146097 days (Howard Hinnant, "chrono-Compatible Low-Level Date
    // Algorithms").

    static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).dividedDown(by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private var components: (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = (dayNumber + 719_468).dividedDown(by: 146_097)
        let leapDays = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leapDays) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }
}
