import MusterClient
import MusterCore

extension Picture {
    /// What runs out by itself: TTD's memory of the list, and the token.
    static func clocks(of instance: Instance) -> Picture {
        let clocks = [ClockBar(uploadOf: instance), ClockBar(tokenOf: instance)]
        let figures = Figures(
            caption: "What runs out if nothing is done",
            columns: [("Clock", false), ("Stands at", false), ("State", false), ("To do", false)],
            rows: clocks.map { [$0.name, $0.words, $0.state, $0.remedy] })
        let told = clocks.map { "\($0.name): \($0.words)" }
        return Picture(
            id: "clocks", title: "Health clocks", sentence: told.joined(separator: "; ") + ".",
            height: Double(clocks.count) * ClockBar.height, figures: figures
        ) { svg in
            for (index, clock) in clocks.enumerated() {
                clock.draw(&svg, top: Double(index) * ClockBar.height)
            }
        }
    }
}

/// One clock as a bar that is full when its time is over.
private struct ClockBar {
    static let height = 76.0

    let name: String
    /// How it stands.
    let words: String
    let state: String
    let remedy: String
    private let share: Double
    private let kind: String

    init(uploadOf instance: Instance) {
        let days = instance.health.daysSinceUpload
        let kept = instance.health.retentionDays ?? Int(HealthClock.retentionDays)
        let clock = days.map { HealthClock.upload(daysAgo: Int64($0)) }
        // Who disables an audience lets its list run out.
        let urgency = instance.isEnabled ? clock?.urgency : nil
        name = "Last list at The Trade Desk"
        words =
            days.map { "\($0 == 0 ? "today" : "\($0.counted("day")) ago"), kept \(kept) days" }
            ?? "none was sent yet"
        share = days.map { min(1, Double($0) / Double(max(1, kept))) } ?? 0
        state = days == nil ? "unknown" : Self.word(urgency)
        remedy = urgency == nil ? "–" : clock?.remedy ?? "–"
        kind = days == nil ? "unknown" : urgency?.rawValue ?? "fine"
    }

    init(tokenOf instance: Instance) {
        let days = instance.health.tokenDaysLeft
        let clock = days.map { HealthClock.token(daysLeft: Int64($0)) }
        name = "Token of \(instance.credential)"
        words =
            days.map { days in
                days < 0 ? "expired \((-days).counted("day")) ago" : "\(days.counted("day")) left"
            } ?? "its file names no expiry"
        // A token lives a year at most.
        share = days.map { 1 - max(0, min(1, Double($0) / 365)) } ?? 0
        state = days == nil ? "unknown" : Self.word(clock?.urgency)
        remedy = clock?.urgency == nil ? "–" : clock?.remedy ?? "–"
        kind = days == nil ? "unknown" : clock?.urgency?.rawValue ?? "fine"
    }

    private static func word(_ urgency: Urgency?) -> String {
        switch urgency {
        case nil: "well"
        case .warn: "soon"
        case .bad: "urgent"
        }
    }

    func draw(_ svg: inout Markup, top: Double) {
        svg.add("text", ["x": "2", "y": (top + 26).svg], "\(name): \(words)")
        let y = (top + 38).svg
        svg.add(
            "rect",
            [
                "class": "track", "x": "0", "y": y, "width": Plot.width.svg, "height": "18",
                "rx": "9",
            ])
        svg.add(
            "rect",
            [
                "class": "clock \(kind)", "x": "0", "y": y, "height": "18", "rx": "9",
                "width": max(18, share * Plot.width).svg,
            ]
        ) { bar in
            bar.add("title", "\(name): \(words)")
        }
    }
}
