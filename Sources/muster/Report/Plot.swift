/// The ground that pictures are drawn on: a frame, lines at round values, and their labels.
///
/// Labels of values stand above their lines and inside the frame, so that they can be large on a
/// small screen.
struct Plot {
    static let width = 720.0
    static let height = 340.0
    static let top = 30.0
    /// Below it stand the dates.
    static let bottom = 300.0
    /// Marks begin here, so that most labels stand free.
    static let left = 64.0

    /// The highest value, and the lowest.
    let high: Double
    let low: Double
    let lines: [Line]

    /// A value with a line and a label of its own.
    struct Line {
        let value: Double
        let label: String
    }

    /// From 0 to a round value that is not below `most`.
    init(to most: Int) {
        self.init(from: 0, to: most)
    }

    /// From a round value below 0, for what goes, to one above it, for what comes.
    init(from least: Int, to most: Int) {
        let step = Self.step(max(most, least, 1))
        let above = (most + step - 1) / step
        let below = (least + step - 1) / step
        high = Double(max(1, above) * step)
        low = Double(-below * step)
        lines = (-below...max(1, above)).map { number in
            Line(value: Double(number * step), label: abs(number * step).grouped)
        }
    }

    /// Values at these lines, each of which is a step above the one before.
    init(lines: [Line]) {
        self.lines = lines
        low = lines.first?.value ?? 0
        high = lines.last?.value ?? 1
    }

    /// The height of a value.
    func y(_ value: Double) -> Double {
        let share = (value - low) / max(high - low, 1)
        return Self.bottom - share * (Self.bottom - Self.top)
    }

    /// 1, 2 or 5 times a power of ten, so that three lines or fewer reach `most`.
    static func step(_ most: Int) -> Int {
        var power = 1
        while true {
            for factor in [1, 2, 5] where factor * power >= (most + 2) / 3 { return factor * power }
            power *= 10
        }
    }

    /// How far to the right a share of the time is.
    static func x(_ share: Double) -> Double { left + share * (width - left) }

    /// Draws the lines, what `marks` adds, and above all the labels; below the first and last date.
    func draw(
        _ svg: inout Markup, from first: String, to last: String, marks: (inout Markup) -> Void
    ) {
        for line in lines {
            let y = y(line.value).svg
            svg.add(
                "line",
                [
                    "class": line.value == 0 ? "axis" : "grid", "x1": "0", "x2": Self.width.svg,
                    "y1": y, "y2": y,
                ])
        }
        marks(&svg)
        for line in lines {
            svg.add("text", ["x": "2", "y": (y(line.value) - 5).svg], line.label)
        }
        svg.add("text", ["x": Self.left.svg, "y": "330"], first)
        guard first != last else { return }
        svg.add("text", ["x": (Self.width - 2).svg, "y": "330", "text-anchor": "end"], last)
    }
}

extension Double {
    /// As a number of an SVG, to a tenth.
    var svg: String {
        let tenths = Int((self * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let size = abs(tenths)
        return size % 10 == 0 ? "\(sign)\(size / 10)" : "\(sign)\(size / 10).\(size % 10)"
    }
}
