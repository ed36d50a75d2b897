/// The rule of a zone for all time, as the TZ variable of POSIX writes it: a standard offset and,
/// for some, another one between two moments of each year.
struct ZoneRule: Hashable, Sendable {
    /// A day of the year, in one of the three ways of POSIX.
    enum Day: Hashable, Sendable {
        /// "J60" is 1 March in every year.
        case withoutLeapDay(Int)
        /// "59" is 1 March, or 29 February in a leap year.
        case fromZero(Int)
        /// "M3.2.0" is the second Sunday of March; week 5 is the last.
        case weekday(month: Int, week: Int, weekday: Int)
    }

    /// A moment of the year on the clocks as they are before it.
    struct Moment: Hashable, Sendable {
        let day: Day
        /// Seconds from midnight, within 167 hours either way.
        let time: Int
    }

    struct Daylight: Hashable, Sendable {
        let offset: Int
        let start: Moment
        let end: Moment
    }

    /// No offset is further from UTC than this, in seconds (RFC 9636, section 3.2).
    static let offsetLimit = 26 * 3600

    /// Seconds ahead of UTC.
    let standardOffset: Int
    let daylight: Daylight?

    func offset(second: Int) -> Int {
        changes(around: second).last { $0.instant <= second }?.offset ?? standardOffset
    }

    /// The changes of the year of `second` and of those beside it, in order.
    ///
    /// Where a year's end and the next start fall together, the start is the later one, so that a
    /// rule can say "all year".
    func changes(around second: Int) -> [Zone.Change] {
        guard let daylight else { return [] }
        let day = (second + standardOffset).dividedDown(by: 86_400).quotient
        let year = CalendarDate(dayNumber: day).year
        let starts = (year - 1...year + 1).map { year in
            Zone.Change(
                instant: daylight.start.second(of: year) - standardOffset, offset: daylight.offset)
        }
        let ends = (year - 1...year + 1).map { year in
            Zone.Change(
                instant: daylight.end.second(of: year) - daylight.offset, offset: standardOffset)
        }
        let ordered = (ends.map { ($0, 0) } + starts.map { ($0, 1) })
            .sorted { ($0.0.instant, $0.1) < ($1.0.instant, $1.1) }
        return ordered.map(\.0)
    }
}

extension ZoneRule.Moment {
    /// Local seconds since 1970-01-01T00:00 of this moment in `year`.
    fileprivate func second(of year: Int) -> Int {
        day.dayNumber(in: year) * 86_400 + time
    }
}

extension ZoneRule.Day {
    fileprivate func dayNumber(in year: Int) -> Int {
        switch self {
        case .withoutLeapDay(let day):
            let passesLeapDay = day >= 60 && CalendarDate.isLeap(year)
            return Self.first(of: 1, in: year) + day - (passesLeapDay ? 0 : 1)
        case .fromZero(let day):
            return Self.first(of: 1, in: year) + day
        case .weekday(let month, let week, let weekday):
            let first = Self.first(of: month, in: year)
            let wait = weekday - CalendarDate(dayNumber: first).weekday
            let day = (wait < 0 ? wait + 7 : wait) + 7 * (week - 1)
            return first + (day < CalendarDate.days(in: month, of: year) ? day : day - 7)
        }
    }

    private static func first(of month: Int, in year: Int) -> Int {
        CalendarDate.dayNumber(year: year, month: month, day: 1)
    }
}
