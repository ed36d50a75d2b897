import MusterClient
import MusterCore

/// How an audience grew and shrank, day by day in UTC, folded from the events of its log.
///
/// It keeps one row for each day on which something happened, however many events there are. An
/// event counts for the day that its time names, and sizes follow the order of the log: where the
/// clock went back, the size of a day is that behind the last event which names it.
struct AudienceHistory {
    /// What happened on one day.
    struct Day: Hashable {
        var came = 0
        var went = 0
        /// The size behind the day's last event.
        var members = 0
    }

    private(set) var days: [CalendarDate: Day] = [:]
    /// The size behind the last event.
    private(set) var members = 0
    /// Up to where the log was told.
    private(set) var position = 0
    private var today: (text: Substring, date: CalendarDate)?

    /// The types of event that change a size; the first configuration is where an audience begins.
    static let types = ["instanceConfigured", "membersAdded", "membersRemoved", "instanceRetired"]

    /// Takes the next element of the audience's stream.
    mutating func take(_ element: LogTailElement) {
        switch element {
        case .event(let event): take(event)
        case .caughtUp(let position), .heartbeat(let position): self.position = position
        }
    }

    private mutating func take(_ event: LogEvent) {
        position = event.position
        guard let date = date(of: event) else { return }
        var day = days[date] ?? Day()
        let count = event.json["members"]?.integer ?? 0
        switch event.type {
        case "membersAdded":
            day.came += count
            members += count
        case "membersRemoved":
            day.went += count
            members -= count
        case "instanceRetired":
            // Everybody left, whatever was erased since.
            day.went += members
            members = 0
        default: break
        }
        day.members = members
        days[date] = day
    }

    /// The day of an event; nil where its time is none, which the protocol excludes.
    private mutating func date(of event: LogEvent) -> CalendarDate? {
        let text = event.at.prefix(10)
        if let today, today.text == text { return today.date }
        guard let date = CalendarDate(String(text)) else { return nil }
        today = (text, date)
        return date
    }
}

/// One bar of the pictures: some days, and what came of them.
struct AudienceSpan: Hashable {
    let first: CalendarDate
    let last: CalendarDate
    let came: Int
    let went: Int
    /// The size at its end.
    let members: Int

    /// The day, or the first and the last one.
    var text: String { first == last ? first.text : "\(first.text) to \(last.text)" }

    /// The most bars of a picture.
    static let mostBars = 92
    fileprivate static let widths = [1, 7, 28, 91, 364]
}

extension AudienceHistory {
    /// The last `count` days up to `today`, but none before the audience began, in spans of equal
    /// length that end with today, so many days long that there are not too many.
    func spans(days count: Int, through today: CalendarDate) -> [AudienceSpan] {
        let oldest = days.keys.min() ?? today
        let first = min(today, max(oldest, today.advanced(days: 1 - count)))
        let length = today.dayNumber - first.dayNumber + 1
        let width = AudienceSpan.width(of: length)
        var members = size(before: first)
        var spans: [AudienceSpan] = []
        var start = today.advanced(days: 1 - (length + width - 1) / width * width)
        while start <= today {
            let end = start.advanced(days: width - 1)
            var (came, went) = (0, 0)
            for number in start.dayNumber...end.dayNumber {
                let date = CalendarDate(dayNumber: number)
                guard date >= first, let day = days[date] else { continue }
                came += day.came
                went += day.went
                members = day.members
            }
            spans.append(
                AudienceSpan(
                    first: max(start, first), last: end, came: came, went: went, members: members))
            start = end.advanced(days: 1)
        }
        return spans
    }

    private func size(before date: CalendarDate) -> Int {
        days.keys.filter { $0 < date }.max().flatMap { days[$0]?.members } ?? 0
    }
}

extension AudienceSpan {
    /// How many days a bar has where there are so many in all.
    fileprivate static func width(of days: Int) -> Int {
        widths.first { (days + $0 - 1) / $0 <= mostBars } ?? days
    }
}
