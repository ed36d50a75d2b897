import ArgumentParser

/// Shows on standard error how far an import is.
struct Progress {
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case always
        case auto
        case never
    }

    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var line: LiveLine?

    init(_ mode: Mode) {
        start = clock.now
        switch mode {
        case .always: line = LiveLine(every: .milliseconds(200), elsewhere: .seconds(1))
        case .auto: line = .note()
        case .never: line = nil
        }
    }

    /// Shows where things stand if it is time to.
    mutating func update(
        done: Int, of size: Int?, rows: Int, rejected: Int, isLast: Bool
    ) {
        let elapsed = clock.now - start
        let matters = isLast && line?.isRenewed == false
        line?.show(
            Self.text(
                done: done, of: size, rows: rows, rejected: rejected, after: elapsed),
            matters: matters)
    }

    /// Leaves the terminal's line empty.
    mutating func end() { line?.clear() }

    static func text(
        done: Int, of size: Int?, rows: Int, rejected: Int, after elapsed: Duration
    ) -> String {
        let seconds =
            Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let rate = seconds > 0.05 ? Int(Double(rows) / seconds) : 0
        var parts = [rows.counted("row")]
        if rate > 0 { parts.append("\(rate.grouped) a second") }
        if let size, size > 0 {
            let share = min(1, Double(done) / Double(size))
            let bar = Bar.marks(Int(share * Double(Bar.width)))
            parts.insert("\(bar) \(Int(share * 100)) %", at: 0)
            parts.append("\(done.size) of \(size.size)")
            if seconds >= 1, done > 0, done < size {
                parts.append(left(seconds * Double(size - done) / Double(done)))
            }
        } else {
            parts.append(done.size)
        }
        if rejected > 0 { parts.append("\(rejected.grouped) rejected") }
        return parts.joined(separator: "  ")
    }

    /// About how long the rest takes.
    private static func left(_ seconds: Double) -> String {
        switch Int(seconds.rounded(.up)) {
        case let short where short < 100: "\(short) s left"
        case let long where long < 6000: "\((long + 59) / 60) min left"
        case let long: "\((long + 3599) / 3600) h left"
        }
    }
}
