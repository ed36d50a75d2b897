import NIOCore
import NIOEmbedded
import Synchronization
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

    @Test func `are waited for until nothing is computed for them any more`() throws {
        let client = try turns.connect()
        try client.send(configuring, request("sync.plan", #"{"instance": "acme-us"}"#))
        turns.turn()
        try turns.engine.stop()
        let seen = try waits({ try $0.engine.dismiss(client.connection) }, { $0.settle() })
        #expect(seen == [true, false])
    }

    @Test func `are told so instead of what waits to be computed`() throws {
        let client = try turns.connect()
        try client.send(configuring, request("sync.plan", #"{"instance": "acme-us"}"#))
        turns.turn()
        _ = try client.replies()
        try turns.engine.stop()
        turns.settle()
        #expect(try client.replies().map(\.error) == ["server.stopping"])
    }

    @Test(arguments: [false, true])
    func `have nothing computed for them when they have gone`(hasGone: Bool) throws {
        let client = try turns.connect()
        let computed = Mutex(0)
        var taken: [Int?] = []
        try turns.engine.beside(for: client.connection) {
            computed.withLock { $0 += 1 }
            return 7
        } then: {
            taken.append($0)
        }
        if hasGone { client.channel.close(promise: nil) }
        turns.settle()
        #expect(computed.withLock { $0 } == (hasGone ? 0 : 1))
        #expect(taken == [hasGone ? nil : 7])
        #expect(try turns.engine.worksBeside == 0)
    }

    @Test func `are not waited for longer than five seconds`() throws {
        _ = try turns.connect()
        let seen = try waits(
            { $0.loop.advanceTime(by: .milliseconds(4999)) },
            { $0.loop.advanceTime(by: .milliseconds(1)) })
        #expect(seen == [true, false])
    }
}
