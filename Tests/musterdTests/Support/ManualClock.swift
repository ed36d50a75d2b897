import MusterCore
import Synchronization

@testable import musterd

/// A clock that stands still until a test moves it; sleepers wake in the order of their times.
///
/// Or, while one errand alone sleeps on it, a clock that passes every sleep at once and keeps how
/// long each was.
final class ManualClock: WallClock {
    private struct Sleeper {
        let number: Int
        let due: Timestamp
        let wake: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Timestamp
        var passesSleeps: Bool
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var nextNumber = 0
        var sleeps: [Duration] = []
    }

    private let state: Mutex<State>

    init(_ now: Timestamp, passesSleeps: Bool = false) {
        state = Mutex(State(now: now, passesSleeps: passesSleeps))
    }

    /// How long each sleep was asked to be, in their order.
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    /// How often anybody lay down to sleep.
    var sleepCount: Int { state.withLock { $0.sleeps.count } }

    /// How many tasks sleep now.
    var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    func now() -> Timestamp { state.withLock { $0.now } }

    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        let number: Int? = state.withLock { state in
            state.sleeps.append(duration)
            if state.passesSleeps {
                state.now = state.now.advanced(by: duration)
                return nil
            }
            state.nextNumber += 1
            return state.nextNumber
        }
        guard let number else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wake in
                let isCancelled = state.withLock { state in
                    guard state.cancelled.remove(number) == nil else { return true }
                    state.sleepers.append(
                        Sleeper(
                            number: number, due: state.now.advanced(by: duration), wake: wake))
                    return false
                }
                if isCancelled { wake.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let found = state.sleepers.first { $0.number == number }
                state.sleepers.removeAll { $0.number == number }
                if found == nil { state.cancelled.insert(number) }
                return found
            }
            sleeper?.wake.resume(throwing: CancellationError())
        }
    }

    /// Moves the time to that of the next sleeper and wakes it; false when none is due by `end`,
    /// to which the time is moved then.
    func wakeNext(until end: Timestamp) -> Bool {
        let sleeper: Sleeper? = state.withLock { state in
            let next = state.sleepers.min { ($0.due, $0.number) < ($1.due, $1.number) }
            guard let next, next.due <= end else {
                state.now = max(state.now, end)
                return nil
            }
            state.now = max(state.now, next.due)
            state.sleepers.removeAll { $0.number == next.number }
            return next
        }
        sleeper?.wake.resume()
        return sleeper != nil
    }

    /// Moves the time while nobody looks: sleepers that are due wake late.
    func jump(to instant: Timestamp) {
        state.withLock { $0.now = instant }
    }
}

extension Timestamp {
    func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(
            milliseconds: milliseconds + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
