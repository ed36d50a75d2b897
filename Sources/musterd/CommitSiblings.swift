import NIOCore

/// The connections that a turn waits for before it commits: those that sent in one of the two turns
/// before and will probably send in this one.
///
/// A client that waits for each answer sends again as soon as it has one. The first of some such
/// clients would have a turn and a sync for itself, and the others would wait for both. Databases
/// that wait for them at a commit call them its siblings. Nobody waits longer than two commits take,
/// nor longer than an interval in which nobody came. Clients that send when they like are not worth
/// it: where some did not come, it is waited more and more seldom.
struct CommitSiblings {
    /// When a connection sent.
    struct Pace {
        fileprivate var turn = -3
        /// Whether it sent in turns that were near each other, and so may again.
        fileprivate var isExpected = false
    }

    /// After how long it is looked whether anybody came.
    static let interval = TimeAmount.microseconds(30)
    /// The most turns in which nobody is waited for, after waits that were in vain.
    private static let longestPause = 64

    /// How often it is looked in one turn at most; with 0 nobody is ever waited for.
    var looksLimit = 8

    /// Counts turns in which anybody sent.
    private var turn = 0
    private var arrived = 0
    /// How many of them are expected again.
    private var expected = 0
    /// Those that were expected again in the last turn, and in that before it, and have not sent.
    private var missing = (fromLast: 0, fromBefore: 0)
    private var looksAllowed = 0
    private var wait: Wait?
    /// How many turns nobody is waited for, and how many after the next wait in vain.
    private var pause = (left: 0, next: 1)

    private struct Wait {
        /// How many were missing.
        let missing: Int
        /// How many had arrived at the last look.
        var seen: Int
        var looks = 0
    }

    /// Counts that a connection sent in this turn.
    mutating func note(_ pace: inout Pace) {
        let gap = turn - pace.turn
        guard gap > 0 else { return }
        forget(pace)
        pace = Pace(turn: turn, isExpected: gap <= 2)
        arrived += 1
        if pace.isExpected { expected += 1 }
    }

    /// Expects nothing more of a connection, which has gone.
    mutating func forget(_ pace: Pace) {
        guard pace.isExpected else { return }
        switch turn - pace.turn {
        case 0: expected -= 1
        case 1: missing.fromLast -= 1
        case 2: missing.fromBefore -= 1
        default: break
        }
    }

    /// Whether there is somebody to wait for.
    var areMissing: Bool { pause.left == 0 && looksAllowed > 0 && missingCount > 0 }

    private var missingCount: Int { missing.fromLast + missing.fromBefore }

    /// Begins to wait; `look` follows after an interval.
    mutating func beginWait() {
        wait = Wait(missing: missingCount, seen: arrived)
    }

    /// Whether to wait for another interval.
    mutating func look() -> Bool {
        guard var current = wait else { return false }
        let hasAnybodyCome = arrived > current.seen
        current.looks += 1
        current.seen = arrived
        wait = current
        return hasAnybodyCome && current.looks < looksAllowed
    }

    /// Learns how long a commit takes: a wait is worth as long as what it spares.
    mutating func note(commit length: TimeAmount) {
        looksAllowed = Int(
            min(Int64(looksLimit), 2 * length.nanoseconds / Self.interval.nanoseconds))
    }

    /// Begins the next turn, if anybody sent in this one.
    mutating func endTurn() {
        guard arrived > 0 else { return }
        if let wait {
            judge(wait)
        } else {
            pause.left = max(0, pause.left - 1)
        }
        wait = nil
        missing = (expected, missing.fromLast)
        expected = 0
        arrived = 0
        turn += 1
    }

    /// A wait was worth it where nearly all came who were missing.
    private mutating func judge(_ wait: Wait) {
        if missingCount * 8 <= wait.missing {
            pause.next = 1
        } else {
            pause = (pause.next, min(Self.longestPause, pause.next * 2))
        }
    }
}
