import Synchronization

/// The wakes of a courier, and whether it has done all that they asked for.
final class Wakes: Sendable {
    private struct State {
        var isDue = false
        var hasEnded = false
        var waiter: CheckedContinuation<Void?, Never>?
    }

    private let state = Mutex(State())

    /// Whether the courier waits for the next wake.
    var areDone: Bool { state.withLock { $0.waiter != nil } }

    func wake() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            if state.waiter == nil { state.isDue = true }
            return state.waiter
        }
        waiter?.resume(returning: ())
    }

    var stream: AsyncStream<Void> {
        AsyncStream {
            await self.next()
        } onCancel: {
            let waiter = self.state.withLock { state in
                defer { state.waiter = nil }
                state.hasEnded = true
                return state.waiter
            }
            waiter?.resume(returning: nil)
        }
    }

    private func next() async -> Void? {
        await withCheckedContinuation { waiter in
            let answer: Void?? = state.withLock { state in
                if state.hasEnded { return .some(nil) }
                if state.isDue {
                    state.isDue = false
                    return .some(())
                }
                state.waiter = waiter
                return nil
            }
            if let answer { waiter.resume(returning: answer) }
        }
    }
}
