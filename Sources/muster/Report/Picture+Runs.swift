import MusterClient
import MusterCore

extension Picture {
    /// The most runs that are shown: more marks than these cover one another.
    static let mostRuns = 100

    /// Runs by when they began, how long they took and how they ended, newest first in the table.
    static func runs(
        _ all: [MusterClient.Run], from first: Timestamp, to now: Timestamp
    ) -> Picture {
        let marks = all.compactMap { RunMark($0, now: now) }.filter { $0.began >= first }
        let shown = Array(marks.prefix(mostRuns))
        let plot = Plot(lines: DurationScale.lines(to: shown.map(\.seconds).max() ?? 0))
        let figures = Figures(
            caption: "Runs, newest first; times in UTC",
            columns: [
                ("Run", false), ("Began", false), ("Outcome", false), ("Took", false),
                ("Members", true), ("Came", true), ("Went", true), ("Why", false),
            ], rows: shown.map(\.cells))
        return Picture(
            id: "runs", title: "Runs", sentence: sentence(of: shown, among: marks.count),
            legend: legend(of: shown), figures: figures
        ) { svg in
            let length = max(1, Double(now.milliseconds - first.milliseconds))
            plot.draw(
                &svg, from: String(first.text.prefix(10)), to: String(now.text.prefix(10))
            ) { svg in
                for mark in shown {
                    let share = Double(mark.began.milliseconds - first.milliseconds) / length
                    // Whole marks at both ends.
                    mark.draw(
                        &svg, x: Plot.x(0.015 + share * 0.97),
                        y: plot.y(DurationScale.value(of: mark.seconds)))
                }
            }
        }
    }

    private static func sentence(of shown: [RunMark], among count: Int) -> String {
        guard !shown.isEmpty else { return "No run began in this time." }
        let parts = legend(of: shown).map(\.words)
        let newest = shown.count < count ? "The newest \(shown.count) of " : ""
        return "\(newest)\(count.counted("run")): \(parts.joined(separator: ", "))."
    }

    private static func legend(
        of marks: [RunMark]
    ) -> [(kind: String, sign: String, words: String)] {
        RunMark.signs.compactMap { kind, sign in
            let count = marks.count { $0.kind == kind }
            return count > 0 ? (kind, sign, "\(count) \(RunMark.words(of: kind))") : nil
        }
    }
}

/// One run as a mark of the picture and a row of its table.
private struct RunMark {
    let began: Timestamp
    let seconds: Double
    /// How it ended, which is also how it looks; `running` while it is under way.
    let kind: String
    private let run: MusterClient.Run

    /// Each outcome has a form of its own, not only a colour.
    static let signs = [
        ("succeeded", "●"), ("failed", "✕"), ("held", "■"), ("skipped", "◆"), ("running", "○"),
    ]

    static func words(of kind: String) -> String { kind == "running" ? "under way" : kind }

    /// Nil where the run's beginning cannot be read.
    init?(_ run: MusterClient.Run, now: Timestamp) {
        guard let began = run.startedAt.flatMap({ Timestamp(text: $0) }) else { return nil }
        self.began = began
        self.run = run
        let end = run.endedAt.flatMap { Timestamp(text: $0) } ?? now
        seconds = Double(max(0, end.milliseconds - began.milliseconds)) / 1000
        kind = run.state?.isEnd == true ? run.state?.rawValue ?? "running" : "running"
    }

    var cells: [String] {
        let word = run.reason ?? run.failureClass
        let why = word.map { word in RunEnd.meaning(of: word).map { "\(word): \($0)" } ?? word }
        return [
            String(run.id), began.text.readableTime.replacing(" UTC", with: ""),
            Self.words(of: kind), DurationScale.words(of: seconds), run.count?.grouped ?? "–",
            run.added?.grouped ?? "–", run.removed?.grouped ?? "–",
            why ?? run.cause.map { "begun by: \($0)" } ?? "–",
        ]
    }

    func draw(_ svg: inout Markup, x: Double, y: Double) {
        svg.add("g", ["class": "mark \(kind)"]) { mark in
            mark.add(
                "title",
                "run \(run.id): \(Self.words(of: kind)), \(DurationScale.words(of: seconds))")
            switch kind {
            case "failed":
                mark.add(
                    "path",
                    [
                        "d": "M\((x - 6).svg) \((y - 6).svg)l12 12"
                            + "M\((x + 6).svg) \((y - 6).svg)l-12 12"
                    ])
            case "held":
                mark.add(
                    "rect",
                    ["x": (x - 6).svg, "y": (y - 6).svg, "width": "12", "height": "12"])
            case "skipped":
                mark.add("path", ["d": "M\(x.svg) \((y - 8).svg)l8 8l-8 8l-8 -8z"])
            default: mark.add("circle", ["cx": x.svg, "cy": y.svg, "r": "6"])
            }
        }
    }
}

/// Durations from a second to days, each line several times the one below.
enum DurationScale {
    private static let steps: [(seconds: Double, label: String)] = [
        (1, "1 s"), (10, "10 s"), (60, "1 min"), (600, "10 min"), (3600, "1 h"), (36_000, "10 h"),
        (360_000, "100 h"),
    ]

    /// The lines that reach so many seconds; two at least.
    static func lines(to seconds: Double) -> [Plot.Line] {
        let needed = steps.firstIndex { $0.seconds >= seconds } ?? steps.count - 1
        return steps.prefix(max(1, needed) + 1).enumerated().map { index, step in
            Plot.Line(value: Double(index), label: step.label)
        }
    }

    /// Where so many seconds stand between the lines; less than a second stands on the first.
    static func value(of seconds: Double) -> Double {
        guard seconds > 1 else { return 0 }
        guard let above = steps.firstIndex(where: { $0.seconds >= seconds }), above > 0 else {
            return Double(steps.count - 1)
        }
        let (low, high) = (steps[above - 1].seconds, steps[above].seconds)
        return Double(above - 1) + (seconds - low) / (high - low)
    }

    /// `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`.
    static func words(of seconds: Double) -> String {
        if seconds < 10 { return "\(seconds.svg) s" }
        let whole = Int(seconds)
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\((whole / 3600).grouped) h \(whole / 60 % 60) min"
    }
}
