/// Says on a terminal what is being worked on, and leaves nothing behind; short work says nothing.
struct WorkNote {
    private static let patience = Duration.seconds(1)
    private static let renewal = Duration.milliseconds(200)
    /// Between two looks at the clock.
    private static let stride = 4096

    private let what: String
    private let isShown = Descriptor.error.isTerminal
    private let clock = ContinuousClock()
    private var next: ContinuousClock.Instant
    private var untilLook = 0
    private var isLineOpen = false

    init(_ what: String) {
        self.what = what
        next = clock.now + Self.patience
    }

    /// Shows how far it is if it is time to; for frequent calls.
    mutating func update(_ where: () -> String) {
        guard isShown else { return }
        untilLook -= 1
        guard untilLook <= 0 else { return }
        untilLook = Self.stride
        show(`where`)
    }

    /// Shows how much of it is done, if it is time to.
    mutating func update(done: Int, of all: Int) {
        guard isShown else { return }
        show { Self.bar(done: done, of: all) }
    }

    private mutating func show(_ where: () -> String) {
        let now = clock.now
        guard now >= next else { return }
        next = now + Self.renewal
        Descriptor.error.show("\(LiveLine.erasure)\(what): \(`where`())")
        isLineOpen = true
    }

    static func bar(done: Int, of all: Int) -> String {
        let full = all > 0 ? min(Bar.width, done * Bar.width / all) : Bar.width
        return "\(Bar.marks(full)) \(done.grouped) of \(all.grouped)"
    }

    /// Leaves the terminal's line empty.
    mutating func end() {
        if isLineOpen { Descriptor.error.show(LiveLine.erasure) }
        isLineOpen = false
    }
}
