import MusterCore
import Testing

@testable import MusterClient
@testable import muster

@Suite struct AudienceHistoryTests {
    /// A history of events: their day of November 2026, their type and how many it was about.
    private static func history(_ events: [(day: Int, type: String, members: Int)]) throws
        -> AudienceHistory
    {
        var history = AudienceHistory()
        for (index, event) in events.enumerated() {
            let day = event.day < 10 ? "0\(event.day)" : "\(event.day)"
            history.take(
                .event(
                    try LogEvent(
                        Answer([
                            "position": .integer(index + 1),
                            "at": .string("2026-11-\(day)T23:59:59.999Z"),
                            "type": .string(event.type), "members": .integer(event.members),
                        ]))))
        }
        history.take(.caughtUp(position: 99))
        return history
    }

    private static func date(_ day: Int) throws -> CalendarDate {
        try #require(CalendarDate(year: 2026, month: 11, day: day))
    }

    @Test func `the size of a day is that behind its last event`() throws {
        let history = try Self.history([
            (1, "instanceConfigured", 0), (1, "membersAdded", 100), (1, "membersRemoved", 30),
            (3, "membersAdded", 5),
        ])
        #expect(history.members == 75)
        #expect(history.position == 99)
        let spans = history.spans(days: 90, through: try Self.date(4))
        #expect(spans.map(\.members) == [70, 70, 75, 75])
        #expect(spans.map(\.came) == [100, 0, 5, 0])
        #expect(spans.map(\.went) == [30, 0, 0, 0])
        #expect(spans.first?.first == (try Self.date(1)))
    }

    @Test func `what lies before the first day is in its size`() throws {
        let history = try Self.history([
            (1, "membersAdded", 100), (9, "membersAdded", 5), (10, "membersRemoved", 2),
        ])
        let spans = history.spans(days: 3, through: try Self.date(10))
        #expect(spans.map(\.members) == [100, 105, 103])
    }

    @Test func `everybody leaves a retired audience, also who was erased from it since`() throws {
        let history = try Self.history([(1, "membersAdded", 9), (2, "instanceRetired", 10)])
        let spans = history.spans(days: 2, through: try Self.date(2))
        #expect(spans.map(\.went) == [0, 9])
        #expect(history.members == 0)
    }

    @Test func `a clock that went back loses nobody`() throws {
        let history = try Self.history([
            (5, "membersAdded", 10), (3, "membersAdded", 1), (5, "membersAdded", 100),
        ])
        let spans = history.spans(days: 90, through: try Self.date(5))
        #expect(spans.map(\.came).reduce(0, +) == 111)
        #expect(spans.last?.members == 111)
    }

    @Test(arguments: [(92, 1, 92), (93, 7, 14), (365, 7, 53), (1000, 28, 36), (3660, 91, 41)])
    func `many days share a bar, and none is counted twice`(days: Int, width: Int, bars: Int)
        throws
    {
        let today = try Self.date(30)
        var history = AudienceHistory()
        for number in 0..<days {
            let date = today.advanced(days: -number)
            history.take(
                .event(
                    try LogEvent(
                        Answer([
                            "position": 1, "at": .string("\(date.text)T00:00:00.000Z"),
                            "type": "membersAdded", "members": 1,
                        ]))))
        }
        let spans = history.spans(days: days, through: today)
        #expect(spans.count == bars)
        #expect(spans.map(\.came).reduce(0, +) == days)
        #expect(spans.last.map { $0.last == today } == true)
        #expect(spans.last.map { $0.last.dayNumber - $0.first.dayNumber + 1 } == width)
    }

    @Test func `an audience without events is one empty day`() throws {
        let spans = AudienceHistory().spans(days: 90, through: try Self.date(1))
        #expect(spans.map(\.members) == [0])
    }
}
