import Glibc
import NIOPosix

/// Blocking work, such as reading the log, away from the engine's loop and from Swift's own
/// threads.
enum Background {
    /// The thread that snapshots are written on: they take long, and nobody waits for them.
    static let snapshots = {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        return pool
    }()

    /// Those that lists are read on to be sent: the questions of clients do not keep a run waiting.
    private static let deliveries = {
        let pool = NIOThreadPool(numberOfThreads: 2)
        pool.start()
        return pool
    }()

    /// Reads for a run, while others have the processors first.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    {
        try await deliveries.runIfActive {
            giveWay()
            return try body()
        }
    }

    /// Lets every other thread have the processors first, from now on and for good.
    ///
    /// Linux keeps this for each thread. Where it is refused, snapshots cost others more time, and
    /// nothing else.
    static func giveWay() {
        _ = setpriority(numericCast(PRIO_PROCESS.rawValue), 0, 10)
    }
}
