import MusterCore

/// Holds each commit that was erased against the events that vouch for it, slot by slot.
///
/// A commit whose slots were zeroed and that no event names is damage: somebody made people
/// disappear. So is an event that names slots which still hold somebody.
struct ErasureLedger {
    private struct Balance {
        /// Slots found zero, less those vouched for.
        var slots = 0
        var isNamed = false
        var segment: UInt64?
        var commit: Commit?
    }

    /// Commits up to here were not read.
    private let start: Position
    private var balances: [Position: Balance] = [:]

    init(after start: Position = 0) {
        self.start = start
    }

    /// Takes a commit that was read, in which so many slots name nobody.
    mutating func take(_ commit: Commit, of segment: UInt64, erasedSlots: Int) {
        guard commit.header.isErased else { return }
        let first = commit.header.firstPosition
        balances[first, default: Balance()].slots += erasedSlots
        balances[first]?.segment = segment
        balances[first]?.commit = commit
    }

    /// Takes what an event vouches for.
    mutating func take(_ fact: Fact) {
        guard case .erased(let erased) = fact else { return }
        for one in erased.commits where one.commit > start {
            balances[one.commit, default: Balance()].slots -= Int(one.slots)
            balances[one.commit]?.isNamed = true
        }
    }

    private var wrong: [Position: Balance] {
        balances.filter { $0.value.slots != 0 || $0.value.commit == nil || !$0.value.isNamed }
    }

    var isBalanced: Bool { wrong.isEmpty }

    /// Refuses the first commit that does not agree with the events.
    func check() throws(LogError) {
        guard let (first, balance) = wrong.min(by: { $0.key < $1.key }) else { return }
        throw .damaged(
            segment: balance.segment ?? 0,
            Damage(
                offset: balance.commit?.offset ?? 0, firstPosition: first,
                lastPosition: balance.commit?.header.lastPosition ?? first, kind: .erasure))
    }
}

extension SegmentContent {
    /// Calls `body` with the events of `commit`, and lets `ledger` take what they vouch for and
    /// which slots of the commit name nobody any more.
    func events(
        of commit: FoundCommit, into ledger: inout ErasureLedger,
        _ body: (Event, Position) -> Void = { _, _ in }
    ) throws(LogError) {
        let erased = try events(of: commit) { event, position in
            ledger.take(event.fact)
            body(event, position)
        }
        ledger.take(commit.commit, of: entry.number, erasedSlots: erased)
    }
}
