import MusterCore

@testable import MusterStore
@testable import log_faults

/// A log of three segments, the last one open, with commits of several events.
struct LongLog {
    let disk: SimulatedDisk
    let log: EventLog
    let events: [Event]

    /// So many commits a segment, each of at most `most` events that come from `seed`.
    init(seed: UInt64, commits: Int, most: Int) throws {
        disk = SimulatedDisk(seed: seed)
        var random = Random(seed: seed)
        var events: [Event] = []
        var log = try OpenedLog(disk).log
        for process in 0..<3 {
            for _ in 0..<commits {
                let new = random.events(most: most)
                events += new
                _ = try log.append(new) { random.salt() }
            }
            guard process < 2 else { break }
            try log.close()
            log = try OpenedLog(disk).log
        }
        self.log = log
        self.events = events
    }
}
