import Glibc
import MusterCore

/// The time of day and waiting for it; tests have one of their own.
protocol WallClock: Sendable {
    func now() -> Timestamp
    /// Returns after `duration`, or throws when the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The host's clock.
struct SystemWallClock: WallClock {
    func now() -> Timestamp {
        var time = timespec()
        // The call fills the structure it is given; it cannot fail for this clock.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    func sleep(for duration: Duration) async throws {
        try await Task.sleep(for: duration, clock: .suspending)
    }
}
