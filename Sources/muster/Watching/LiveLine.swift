/// What goes on, told on standard error again and again: the last line of a terminal is written
/// over, and elsewhere, where that is asked for, lines are added.
struct LiveLine {
    /// What a terminal takes as: back to the line's beginning, and empty it.
    static let erasure = "\r\u{1B}[K"

    /// Whether the line is written over.
    let isRenewed = Descriptor.error.isTerminal
    private let isShown: Bool
    private let clock = ContinuousClock()
    private var pace: Pace
    private var isOpen = false

    /// A line that is renewed every `interval`, and where standard error is no terminal told anew
    /// every `elsewhere`, if at all, and with `isQuiet` not at all; the rest is `Pace`'s.
    init(
        after patience: Duration = .zero, every interval: Duration = .milliseconds(100),
        elsewhere: Duration? = nil, stride: Int = 1, isQuiet: Bool = false
    ) {
        isShown = !isQuiet && (isRenewed || elsewhere != nil)
        pace = Pace(
            from: clock.now, after: patience, every: isRenewed ? interval : elsewhere ?? interval,
            stride: stride)
    }

    /// A line about work that mostly takes no time.
    static func note(stride: Int = 1, isQuiet: Bool = false) -> LiveLine {
        LiveLine(
            after: .seconds(1), every: .milliseconds(200), stride: stride, isQuiet: isQuiet)
    }

    /// Shows `text` in place of what was there, if it is time to or it `matters`.
    mutating func show(_ text: @autoclosure () -> String, matters: Bool = false) {
        let clock = clock
        guard isShown, pace.isDue(clock.now, matters: matters) else { return }
        let text = text().printableOnOneLine
        if isRenewed {
            Descriptor.error.show(Self.erasure + text)
            isOpen = true
        } else {
            Descriptor.error.say(text)
        }
    }

    /// Leaves the line empty, so that other lines can follow.
    mutating func clear() {
        if isOpen { Descriptor.error.show(Self.erasure) }
        isOpen = false
    }
}

/// When something that goes on is told again.
struct Pace {
    private let interval: Duration
    private let stride: Int
    private var next: ContinuousClock.Instant
    private var untilLook = 0

    /// Tells after `patience`, because short work needs no words, and then every `interval`; of
    /// frequent calls one in `stride` looks at the clock.
    init(
        from start: ContinuousClock.Instant, after patience: Duration, every interval: Duration,
        stride: Int = 1
    ) {
        self.interval = interval
        self.stride = stride
        next = start + patience
    }

    /// Whether it is time to tell; what `matters` is told at once.
    mutating func isDue(
        _ now: @autoclosure () -> ContinuousClock.Instant, matters: Bool = false
    ) -> Bool {
        untilLook -= 1
        guard untilLook <= 0 || matters else { return false }
        untilLook = stride
        let now = now()
        guard now >= next || matters else { return false }
        next = now + interval
        return true
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

    /// `[######..................] 1,234 of 4,936`.
    static func counted(done: Int, of whole: Int) -> String {
        let full = whole > 0 ? min(width, done * width / whole) : width
        return "\(marks(full)) \(done.grouped) of \(whole.grouped)"
    }

    /// `[######..................]`, of which `full` are done.
    static func marks(_ full: Int) -> String {
        "[" + String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
            + "]"
    }
}
