import MusterCore
import NIOCore
import NIOEmbedded
import Testing

@testable import musterd

@Suite struct `The siblings of a commit` {
    private var siblings = CommitSiblings()
    private var paces = [CommitSiblings.Pace](repeating: CommitSiblings.Pace(), count: 9)

    init() { siblings.note(commit: .microseconds(100)) }

    private mutating func send(_ connections: Int...) {
        for connection in connections { siblings.note(&paces[connection]) }
    }

    private mutating func turn(_ connections: Int...) {
        for connection in connections { siblings.note(&paces[connection]) }
        siblings.endTurn()
    }

    /// A turn that `first` begins, and in which `others` come while it waits.
    private mutating func wait(_ first: Int, then others: Int...) {
        send(first)
        if siblings.areMissing { siblings.beginWait() }
        for connection in others { siblings.note(&paces[connection]) }
        siblings.endTurn()
    }

    @Test mutating func `are those who sent in turn after turn and have not in this one`() {
        turn(0, 1)
        turn(0, 1)
        send(0)
        #expect(siblings.areMissing)
        send(1)
        #expect(!siblings.areMissing)
    }

    @Test mutating func `are also those who took every other turn`() {
        turn(0)
        turn(1)
        turn(0)
        turn(1)
        send(0)
        #expect(siblings.areMissing)
        send(1)
        #expect(!siblings.areMissing)
    }

    @Test mutating func `are none where one connection sends alone`() {
        for _ in 0..<4 { turn(0) }
        send(0)
        #expect(!siblings.areMissing)
    }

    @Test mutating func `are not those who send now and then`() {
        turn(0, 1)
        turn(0)
        turn(0)
        turn(0, 1)
        send(0)
        #expect(!siblings.areMissing)
    }

    @Test mutating func `are forgotten after two turns without them`() {
        turn(0, 1)
        turn(0, 1)
        turn(0)
        send(0)
        #expect(siblings.areMissing)
        siblings.endTurn()
        send(0)
        #expect(!siblings.areMissing)
    }

    @Test(arguments: [0, 1, 2]) mutating func `are not those who have gone`(turnsAgo: Int) {
        turn(0, 1)
        turn(0, 1)
        for _ in 0..<turnsAgo { turn(0) }
        siblings.forget(paces[1])
        send(0)
        #expect(!siblings.areMissing)
        siblings.endTurn()
        send(2, 0)
        #expect(!siblings.areMissing)
    }

    @Test mutating func `are counted once however often they send in a turn`() {
        turn(0, 1, 1)
        turn(0, 1, 1, 1)
        send(0, 0)
        #expect(siblings.areMissing)
        send(1)
        #expect(!siblings.areMissing)
    }

    @Test mutating func `are waited for as long as anybody comes`() {
        turn(0, 1, 2, 3)
        turn(0, 1, 2, 3)
        send(0)
        siblings.beginWait()
        send(1)
        let first = siblings.look()
        send(2)
        let second = siblings.look()
        let third = siblings.look()
        #expect([first, second, third] == [true, true, false])
    }

    @Test(arguments: [
        (0, 0), (14, 0), (15, 1), (29, 1), (30, 2), (100, 6), (5000, 8), (3_600_000_000, 8),
    ]) mutating func `are waited for no longer than two commits take`(
        microseconds: Int64, looks: Int
    ) {
        siblings.note(commit: .microseconds(microseconds))
        turn(0, 1)
        turn(0, 1)
        send(0)
        #expect(siblings.areMissing == (looks > 0))
        siblings.beginWait()
        var count = 0
        repeat {
            paces[2] = CommitSiblings.Pace()
            send(2)
            count += 1
        } while siblings.look()
        #expect(count == max(1, looks))
    }

    @Test mutating func `are waited for more and more seldom where that was in vain`() {
        var waits: [Int] = []
        for turn in 0..<140 {
            send(0)
            // Somebody else each time, who sends twice and never again.
            let other = 1 + turn / 2 % 8
            if turn.isMultiple(of: 2) { paces[other] = CommitSiblings.Pace() }
            if siblings.areMissing {
                waits.append(turn)
                siblings.beginWait()
                siblings.endTurn()
                send(other)
            } else {
                send(other)
            }
            siblings.endTurn()
        }
        let gaps = zip(waits, waits.dropFirst()).map { $1 - $0 }
        #expect(gaps == gaps.sorted())
        #expect(waits.count < 12)
    }

    @Test(arguments: [(8, true), (7, true), (6, false), (0, false)])
    mutating func `are waited for in the next turn where nearly all came`(
        count: Int, isWaitedFor: Bool
    ) {
        for _ in 1...2 { turn(0, 1, 2, 3, 4, 5, 6, 7, 8) }
        send(0)
        siblings.beginWait()
        for connection in 0..<count { send(connection + 1) }
        siblings.endTurn()
        send(0)
        #expect(siblings.areMissing == isWaitedFor)
    }

    @Test mutating func `are waited for again after one turn when all came`() {
        turn(0, 1)
        turn(0, 1)
        wait(0)
        turn(0, 1)
        turn(0, 1)
        wait(0, then: 1)
        send(0)
        #expect(siblings.areMissing)
    }
}

@Suite struct `A turn with siblings` {
    /// Two clients that have sent in two turns, on a disk that takes a while.
    private func company() throws -> (Turns, Turns.Client, Turns.Client) {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let (one, other) = (try turns.connect(), try turns.connect())
        for number in 1...2 {
            try one.send(adding(number))
            try other.send(adding(10 + number))
            turns.turn()
            _ = try one.replies()
            _ = try other.replies()
        }
        try turns.engine.siblings.looksLimit = 8
        try turns.engine.siblings.note(commit: .microseconds(100))
        return (turns, one, other)
    }

    @Test func `waits for those who will probably send`() throws {
        let (turns, one, other) = try company()
        let commits = try turns.engine.commits
        try one.send(adding(20))
        turns.turn()
        #expect(try one.replies().isEmpty)
        try other.send(adding(21))
        turns.turn()
        #expect(try one.replies().map(\.position) == [6])
        #expect(try other.replies().map(\.position) == [7])
        #expect(try turns.engine.commits == commits + 1)
    }

    @Test func `ends when nobody came for an interval`() throws {
        let (turns, one, _) = try company()
        let turn = try turns.engine.turn
        try one.send(adding(20))
        turns.loop.advanceTime(by: .microseconds(29))
        #expect(try one.replies().isEmpty)
        turns.loop.advanceTime(by: .microseconds(1))
        #expect(try one.replies().map(\.position) == [6])
        // Nothing is left that would end another turn.
        turns.loop.advanceTime(by: .milliseconds(1))
        #expect(try turns.engine.turn == turn + 1)
    }

    @Test func `does not wait for one that has gone`() throws {
        let (turns, one, other) = try company()
        other.channel.close(promise: nil)
        turns.turn()
        try one.send(adding(20))
        turns.turn()
        #expect(try one.replies().map(\.position) == [6])
    }

    @Test func `ends at once when something else is to leave`() throws {
        let (turns, one, _) = try company()
        let turn = try turns.engine.turn
        try one.send(adding(20))
        turns.turn()
        try turns.engine.whenDurable {}
        turns.turn()
        #expect(try one.replies().map(\.position) == [6])
        turns.loop.advanceTime(by: .milliseconds(1))
        #expect(try turns.engine.turn == turn + 1)
    }

    @Test func `is carried out when the daemon stops meanwhile`() throws {
        let (turns, one, _) = try company()
        try one.send(adding(20))
        turns.turn()
        try turns.engine.stop()
        turns.turn()
        #expect(try one.replies().map(\.position) == [6])
    }
}
