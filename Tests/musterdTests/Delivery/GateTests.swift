import MusterCore
import Synchronization
import Testing

@testable import musterd

private let place = Gate.Place.api

@Suite(.timeLimit(.minutes(1))) struct `The gate` {
    /// Who entered, in their order.
    private final class Guests: Sendable {
        let entered = Mutex<[Int]>([])
        var names: [Int] { entered.withLock { $0 } }
    }

    private func full() async throws -> Gate {
        let gate = Gate()
        for _ in 0..<Concurrency.most { try await gate.enter(place, token: nil, at: noon) }
        return gate
    }

    private func queue(_ names: Range<Int>, at gate: Gate, _ guests: Guests) async throws
        -> [Task<Void, any Error>]
    {
        var tasks: [Task<Void, any Error>] = []
        for name in names {
            let before = gate.waiterCount(at: place)
            tasks.append(
                Task {
                    try await gate.enter(place, token: nil, at: noon)
                    guests.entered.withLock { $0.append(name) }
                })
            try await eventually { gate.waiterCount(at: place) == before + 1 }
        }
        return tasks
    }

    @Test func `lets the fifth call in when one has left, in the order of coming`() async throws {
        let gate = try await full()
        let guests = Guests()
        _ = try await queue(0..<3, at: gate, guests)
        #expect(guests.names == [])
        for expected in 1...3 {
            gate.leave(place, .answered, at: noon)
            try await eventually { guests.names.count == expected }
        }
        #expect(guests.names == [0, 1, 2])
    }

    @Test func `forgets who is cancelled while waiting`() async throws {
        let gate = try await full()
        let guests = Guests()
        let tasks = try await queue(0..<2, at: gate, guests)
        tasks[0].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[0].value }
        gate.leave(place, .answered, at: noon)
        try await tasks[1].value
        #expect(guests.names == [1])
    }

    @Test func `lets two in after a 429`() async throws {
        let gate = try await full()
        gate.leave(place, .throttled, at: noon)
        for _ in 0..<2 { gate.leave(place, .abandoned, at: noon) }
        try gate.enterAtOnce(place, token: nil, at: noon)
        #expect(throws: Gate.Refusal.full) {
            try gate.enterAtOnce(place, token: nil, at: noon)
        }
    }

    @Test func `turns away those who wait when the host has failed five times`() async throws {
        let gate = try await full()
        let tasks = try await queue(0..<6, at: gate, Guests())
        for _ in 0..<5 { gate.leave(place, .failed, at: noon) }
        let refusal = Gate.Refusal.left(alone: .seconds(30))
        await #expect(throws: refusal) { try await tasks[5].value }
        #expect(gate.timeLeft(place, at: noon) == .seconds(30))
        await #expect(throws: refusal) { try await gate.enter(place, token: nil, at: noon) }
    }

    @Test func `lets one probe in, and the others when it was answered`() async throws {
        let gate = Gate()
        for _ in 0..<5 {
            try await gate.enter(place, token: nil, at: noon)
            gate.leave(place, .failed, at: noon)
        }
        let later = noon.advanced(seconds: 30)
        try await gate.enter(place, token: nil, at: later)
        let guests = Guests()
        let tasks = try await queue(0..<2, at: gate, guests)
        gate.leave(place, .answered, at: later)
        for task in tasks { try await task.value }
        #expect(guests.names.count == 2)
    }

    @Test func `lets a token that was refused in no more, and another`() async throws {
        let gate = Gate()
        gate.bury(7, at: place)
        await #expect(throws: Gate.Refusal.deadToken) {
            try await gate.enter(place, token: 7, at: noon)
        }
        try await gate.enter(place, token: 8, at: noon)
    }
}
