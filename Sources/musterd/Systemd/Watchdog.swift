import Logging
import MusterCore
import NIOCore

/// Signs of life from the engine's own loop, so that a loop that hangs gives none.
struct Watchdog {
    /// Begins to send them, twice as often as the manager asks, with the status line.
    static func start(on engine: Engine, every microseconds: UInt64) {
        let interval = TimeAmount.microseconds(Int64(microseconds / 2))
        let due = NIODeadline.now() + interval
        engine.loop.scheduleTask(in: interval) {
            Notify.watchdog()
            Notify.status(engine.statusLine)
            warn(engine, late: .now() - due, of: interval)
            start(on: engine, every: microseconds)
        }
    }

    /// What was half as long again would have been the end.
    private static func warn(_ engine: Engine, late: TimeAmount, of interval: TimeAmount) {
        guard late > .nanoseconds(interval.nanoseconds / 2) else { return }
        engine.logger.tell(
            .loopLate, "the engine stood still, and clients waited",
            ["milliseconds": "\(late.nanoseconds / 1_000_000)"])
    }
}
