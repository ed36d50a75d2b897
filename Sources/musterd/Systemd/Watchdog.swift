import MusterCore
import NIOCore

/// Signs of life from the engine's own loop, so that a loop that hangs gives none.
struct Watchdog {
    /// Begins to send them, twice as often as the manager asks, with the status line.
    static func start(on engine: Engine, every microseconds: UInt64) {
        let interval = TimeAmount.microseconds(Int64(microseconds / 2))
        engine.loop.scheduleTask(in: interval) {
            Notify.watchdog()
            Notify.status(engine.statusLine)
            start(on: engine, every: microseconds)
        }
    }
}
