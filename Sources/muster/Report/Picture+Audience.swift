import MusterCore

extension Picture {
    /// The size of the audience at the end of each span.
    static func size(_ spans: [AudienceSpan]) -> Picture {
        let plot = Plot(to: spans.map(\.members).max() ?? 0)
        let count = Double(max(1, spans.count))
        let points = spans.enumerated().map { index, span in
            (x: Plot.x((Double(index) + 0.5) / count), y: plot.y(Double(span.members)))
        }
        let figures = Figures(
            caption: "Members at the end of each \(spans.unit), in UTC",
            columns: [(spans.unit.capitalisedFirst, false), ("Members", true)],
            rows: spans.map { [$0.text, $0.members.grouped] })
        return Picture(
            id: "size", title: "Size of the audience", sentence: sentence(ofSizes: spans),
            figures: figures
        ) { svg in
            plot.draw(&svg, spans) { svg in drawSizes(&svg, spans, points, base: plot.y(0)) }
        }
    }

    private static func drawSizes(
        _ svg: inout Markup, _ spans: [AudienceSpan], _ points: [(x: Double, y: Double)],
        base: Double
    ) {
        guard let first = points.first, let last = points.last else { return }
        let line = points.map { "\($0.x.svg),\($0.y.svg)" }.joined(separator: " ")
        let area = "\(first.x.svg),\(base.svg) \(line) \(last.x.svg),\(base.svg)"
        svg.add("polygon", ["class": "area", "points": area])
        svg.add("polyline", ["class": "line", "points": line])
        let radius = min(4, max(1.5, 120 / Double(spans.count))).svg
        for (point, span) in zip(points, spans) {
            svg.add("circle", ["class": "dot", "cx": point.x.svg, "cy": point.y.svg, "r": radius]) {
                $0.add("title", "\(span.text): \(span.members.grouped)")
            }
        }
    }

    /// Who came and who went in each span, up and down from one line.
    static func changes(_ spans: [AudienceSpan]) -> Picture {
        let plot = Plot(from: spans.map(\.went).max() ?? 0, to: spans.map(\.came).max() ?? 0)
        let (came, went) = (spans.reduce(0) { $0 + $1.came }, spans.reduce(0) { $0 + $1.went })
        let figures = Figures(
            caption: "Members that came and went in each \(spans.unit), in UTC",
            columns: [(spans.unit.capitalisedFirst, false), ("Came", true), ("Went", true)],
            rows: spans.map { [$0.text, $0.came.grouped, $0.went.grouped] })
        return Picture(
            id: "changes", title: "Came and went, by \(spans.unit)",
            sentence: "\(came.counted("member")) came and \(went.grouped) went in "
                + "\(spans.count.counted(spans.unit)).",
            legend: [("came", "▲", "came"), ("went", "▼", "went")], figures: figures
        ) { svg in
            plot.draw(&svg, spans) { svg in drawChanges(&svg, spans, plot) }
        }
    }

    private static func drawChanges(
        _ svg: inout Markup, _ spans: [AudienceSpan], _ plot: Plot
    ) {
        let slot = Plot.x(1 / Double(max(1, spans.count))) - Plot.x(0)
        let width = min(40, slot * 0.7)
        let base = plot.y(0)
        for (index, span) in spans.enumerated() {
            let x = (Plot.left + (Double(index) + 0.5) * slot - width / 2).svg
            for (kind, count, sign) in [("came", span.came, 1.0), ("went", span.went, -1.0)]
            where count > 0 {
                // However few they were among many, they are seen.
                let height = max(2, abs(plot.y(sign * Double(count)) - base))
                let place: Markup.Attributes = [
                    "class": kind, "x": x, "width": width.svg, "height": height.svg,
                    "y": (sign > 0 ? base - height : base).svg,
                ]
                svg.add("rect", place) { bar in
                    bar.add("title", "\(span.text): \(count.grouped) \(kind)")
                }
            }
        }
    }

    private static func sentence(ofSizes spans: [AudienceSpan]) -> String {
        guard let first = spans.first, let last = spans.last,
            let least = spans.min(by: { $0.members < $1.members }),
            let most = spans.max(by: { $0.members < $1.members })
        else { return "Nothing is known yet." }
        guard spans.count > 1 else {
            return "\(last.members.counted("member")) at the end of \(last.text)."
        }
        return "From \(first.members.counted("member")) at the end of \(first.text) to "
            + "\(last.members.grouped) now; least \(least.members.grouped), most "
            + "\(most.members.grouped)."
    }
}

extension Plot {
    /// Draws marks of spans, between the first and the last day.
    fileprivate func draw(
        _ svg: inout Markup, _ spans: [AudienceSpan], marks: (inout Markup) -> Void
    ) {
        draw(
            &svg, from: spans.first?.first.text ?? "", to: spans.last?.last.text ?? "",
            marks: marks)
    }
}

extension [AudienceSpan] {
    /// What a bar is: a day, a week, or so many days.
    fileprivate var unit: String {
        // The first may be cut off, where the audience is younger.
        let days = (last.map { $0.last.dayNumber - $0.first.dayNumber } ?? 0) + 1
        switch days {
        case 1: return "day"
        case 7: return "week"
        default: return "span of \(days) days"
        }
    }
}

extension String {
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
