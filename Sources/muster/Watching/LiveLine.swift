/// The last line of a terminal, written again and again while something goes on.
///
/// Where standard error is no terminal nothing is written: a file or a journal keeps every line.
struct LiveLine {
    /// What a terminal takes as: back to the line's beginning, and empty it.
    static let erasure = "\r\u{1B}[K"
    private static let renewal = Duration.milliseconds(100)

    private let isShown = Descriptor.error.isTerminal
    private let clock = ContinuousClock()
    private var next: ContinuousClock.Instant?
    private var isOpen = false

    /// Shows `text` in place of what was there; at most ten times a second, unless it `matters`.
    mutating func show(_ text: @autoclosure () -> String, matters: Bool = false) {
        guard isShown else { return }
        let now = clock.now
        if let next, now < next, !matters { return }
        next = now + Self.renewal
        Descriptor.error.show(Self.erasure + text().printableOnOneLine)
        isOpen = true
    }

    /// Leaves the line empty, so that other lines can follow.
    mutating func clear() {
        if isOpen { Descriptor.error.show(Self.erasure) }
        isOpen = false
    }
}

/// How much of something is done, as a bar of characters.
enum Bar {
    static let width = 24

    /// `[######..................] 25 %`; nothing to do is all done.
    static func text(done: Int, of whole: Int) -> String {
        let part = whole > 0 ? max(0, min(done, whole)) : 1
        let all = max(1, whole)
        // Divided first where the product would not fit.
        let (percent, full) =
            all > 1 << 50
            ? (part / (all / 100), part / (all / width)) : (part * 100 / all, part * width / all)
        return "\(marks(full)) \(percent) %"
    }

    /// `[######..................]`, of which `full` are done.
    static func marks(_ full: Int) -> String {
        "[" + String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
            + "]"
    }
}
