import Glibc
import MusterCore
import MusterStore
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

    /// Has the body of a frame read by a thread that answers questions, where one is free; the loop
    /// waits for no more than what is left of that.
    static func reading(_ body: [UInt8]) -> @Sendable () -> Reading {
        let reading = Ahead(
            aside: { work in NIOThreadPool.singleton.submit { if $0 == .active { work() } } },
            { () throws(Never) in Reading(body: body.span) })
        return reading.value
    }

    /// Lets every other thread have the processors first, from now on and for good.
    ///
    /// Linux keeps this for each thread. Where it is refused, as by the sandbox of the units,
    /// snapshots and uploads cost others some more time, and nothing else.
    static func giveWay() {
        _ = setpriority(numericCast(PRIO_PROCESS.rawValue), 0, 10)
    }
}
