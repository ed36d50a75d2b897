import MusterCore
import Testing

@testable import MusterClient
@testable import muster

@Suite struct PictureTests {
    private static func spans(_ sizes: [Int]) throws -> [AudienceSpan] {
        let first = try #require(CalendarDate(year: 2026, month: 11, day: 1))
        return sizes.enumerated().map { index, size in
            let date = first.advanced(days: index)
            return AudienceSpan(first: date, last: date, came: size, went: 1, members: size)
        }
    }

    private static func text(_ picture: Picture) -> String {
        var page = Markup()
        picture.add(to: &page)
        return page.text
    }

    @Test(arguments: [
        (0, 1), (1, 1), (3, 1), (4, 2), (7, 5), (16, 10), (100, 50), (1_000_000, 500_000),
    ])
    func `lines stand at round values, four of them at most`(most: Int, step: Int) {
        #expect(Plot.step(max(1, most)) == step)
        let plot = Plot(to: most)
        #expect(plot.high >= Double(most))
        #expect(plot.lines.count <= 4)
        #expect(plot.y(plot.high) == Plot.top)
        #expect(plot.y(0) == Plot.bottom)
    }

    @Test(
        arguments: [
            (0, 0.0), (0.5, 0), (1, 0), (10, 1), (60, 2), (35, 1.5), (360_000, 6), (1e9, 6),
        ] as [(Double, Double)])
    func `durations stand between their lines`(seconds: Double, value: Double) {
        #expect(abs(DurationScale.value(of: seconds) - value) < 0.01)
        let lines = DurationScale.lines(to: seconds)
        #expect((lines.last?.value ?? 0) >= value)
        #expect(lines.count >= 2)
    }

    @Test(arguments: [
        (0.44, "0.4 s"), (12.9, "12 s"), (185, "3 min 5 s"), (7800, "2 h 10 min"),
    ]) func `durations are readable`(seconds: Double, words: String) {
        #expect(DurationScale.words(of: seconds) == words)
    }

    @Test func `each mark says the figure of the table`() throws {
        let text = Self.text(.size(try Self.spans([5, 1200])))
        #expect(text.contains("<title>2026-11-02: 1,200</title>"))
        #expect(text.contains(#"<td class="number">1,200</td>"#))
        #expect(
            text.contains(
                #"<svg viewBox="0 0 720 340" role="img" aria-labelledby="size-title size-desc">"#))
    }

    @Test func `few among many are seen`() throws {
        let text = Self.text(.changes(try Self.spans([1_000_000, 1])))
        #expect(text.contains(#"height="2""#))
        #expect(!text.contains(#"height="0""#))
    }

    @Test(arguments: [0, 1, 92, 500]) func `any number of bars is drawn`(count: Int) throws {
        let spans = try Self.spans(Array(repeating: 7, count: count))
        for text in [Self.text(.size(spans)), Self.text(.changes(spans))] {
            #expect(!text.contains("nan") && !text.contains("inf"))
        }
    }

    @Test func `a run is told by its form, and its table says why`() throws {
        func run(_ id: Int, _ state: String, _ more: (String, JSONValue)) throws -> MusterClient.Run
        {
            let members: [(String, JSONValue)] = [
                ("run", .integer(id)), ("instance", "spring"), ("state", .string(state)),
                ("startedAt", "2026-11-02T03:00:00.000Z"), ("endedAt", "2026-11-02T03:00:07.500Z"),
                more,
            ]
            return try MusterClient.Run(
                Answer(.object(members.map { JSONValue.Member(name: $0.0, value: $0.1) })))
        }
        let runs = [
            try run(4, "failed", ("class", "unavailable")),
            try run(3, "held", ("reason", "shrink")), try run(2, "succeeded", ("count", 70)),
        ]
        let first = try #require(Timestamp(text: "2026-11-01T00:00:00Z"))
        let now = try #require(Timestamp(text: "2026-11-03T00:00:00Z"))
        let text = Self.text(.runs(runs, from: first, to: now))
        #expect(text.contains("3 runs: 1 succeeded, 1 failed, 1 held."))
        #expect(text.contains("<title>run 4: failed, 7.5 s</title>"))
        #expect(text.contains("shrink: many members are gone since the last success"))
        #expect(!Self.text(.runs(runs, from: now, to: now)).contains("run 4"))
    }

    @Test func `no text becomes markup`() {
        var page = Markup()
        page.add("p", ["title": "\"><script>"], "<b>&'\u{0}")
        #expect(
            page.text
                == "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;&amp;&#39;\u{FFFD}</p>\n")
    }

    @Test(
        arguments: [
            (0, "0"), (0.04, "0"), (0.05, "0.1"), (12.34, "12.3"), (-1.5, "-1.5"), (720, "720"),
        ] as [(Double, String)]) func `numbers have a tenth at most`(number: Double, text: String)
    {
        #expect(number.svg == text)
    }
}
