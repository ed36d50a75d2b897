import MusterCore
import MusterStore

/// What the engine counts while it runs, for `status`.
struct Tally {
    /// The latest time that an event carries.
    private(set) var newestEventAt: Timestamp?
    private var succeeded: Int64 = 0
    private var failed: Int64 = 0
    private var held: Int64 = 0
    private var skipped: Int64 = 0
    /// Headers of segments are read for it, so it is not asked for at each `status`.
    private var growth: (bytesADay: Int?, askedAt: Timestamp)?

    private static let growthInterval: Int64 = 3600

    /// Takes an event that was recorded now.
    mutating func note(_ event: Event) {
        note(event.at)
        switch event.fact {
        case .syncSucceeded: succeeded += 1
        case .syncFailed: failed += 1
        case .syncHeld: held += 1
        case .syncSkipped: skipped += 1
        default: break
        }
    }

    /// Takes the time of an event, or of a snapshot that stands for some, of an earlier process.
    mutating func note(_ time: Timestamp?) {
        guard let time else { return }
        newestEventAt = max(time, newestEventAt ?? time)
    }

    /// The runs that ended since the start, by how they did.
    var runsEnded: JSON {
        [
            "succeeded": .integer(succeeded), "failed": .integer(failed), "held": .integer(held),
            "skipped": .integer(skipped),
        ]
    }

    /// How much the log grows a day; nil where that cannot be told.
    mutating func bytesADay(of log: Int, in files: any FileSystem, at now: Timestamp) -> Int? {
        if let growth, (0..<Self.growthInterval).contains(now.seconds(since: growth.askedAt)) {
            return growth.bytesADay
        }
        // A log that cannot be read here is told of by whatever needs it.
        let bytes = try? LogGrowth.bytesADay(files, bytes: log, at: now)
        growth = (bytes, now)
        return bytes
    }
}
