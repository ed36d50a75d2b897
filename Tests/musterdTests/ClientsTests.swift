import NIOCore
import NIOEmbedded
import Testing

@testable import musterd

@Suite struct `The clients of a daemon that stops` {
    private let turns: Turns

    init() throws {
        turns = try Turns()
    }

    /// Whether the daemon would still wait after each of these.
    private func waits(_ events: (Turns) throws -> Void...) throws -> [Bool] {
        var hasEnded = false
        try turns.engine.clientsHaveGone().assumeIsolated().whenComplete { _ in hasEnded = true }
        return try events.map { event in
            try event(turns)
            turns.turn()
            return !hasEnded
        }
    }

    @Test func `are waited for until the last has gone`() throws {
        let clients = [try turns.connect(), try turns.connect()]
        let seen = try waits(
            { _ in },
            { try $0.engine.dismiss(clients[0].connection) },
            { try $0.engine.dismiss(clients[1].connection) })
        #expect(seen == [true, true, false])
    }

    @Test func `are not waited for where there are none`() throws {
        #expect(try waits({ _ in }) == [false])
    }

    @Test func `are not waited for longer than five seconds`() throws {
        _ = try turns.connect()
        let seen = try waits(
            { $0.loop.advanceTime(by: .milliseconds(4999)) },
            { $0.loop.advanceTime(by: .milliseconds(1)) })
        #expect(seen == [true, false])
    }
}
