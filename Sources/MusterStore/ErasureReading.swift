import MusterCore

/// What a reading of the whole log says of its erasures, and the one that may not be done yet.
struct ErasureReading {
    private let plan: ErasurePlan?
    private var ledger = ErasureLedger()
    private var isRecorded = true

    /// Does what an erasure that was broken off left to do, but for its events.
    init(finishingOn disk: any FileSystem, of log: LogID?) throws(LogError) {
        plan = try ErasurePlan(reading: disk)
        guard let plan else { return }
        guard plan.log == log else { throw .directory(.erasure) }
        try plan.carryOut(on: disk)
    }

    /// The commits up to `start`, and their events, are not read.
    mutating func begin(after start: Position) {
        ledger = ErasureLedger(after: start)
        isRecorded = plan.map { start > $0.position } ?? true
    }

    mutating func take(_ event: Event, at position: Position) {
        ledger.take(event.fact)
        if let plan, position > plan.position, event == plan.events.first { isRecorded = true }
    }

    mutating func take(_ commit: Commit, of segment: UInt64, erasedSlots: Int) {
        ledger.take(commit, of: segment, erasedSlots: erasedSlots)
    }

    /// Refuses commits that no event vouches for.
    func check() throws(LogError) {
        var ledger = ledger
        if let plan, !isRecorded { for event in plan.events { ledger.take(event.fact) } }
        try ledger.check()
    }

    /// Records an erasure that was carried out, where no event does yet, and forgets its plan.
    func finish(
        in log: EventLog, _ replay: (Event, Position) -> Void
    ) throws(LogError) {
        guard let plan else { return }
        if !isRecorded {
            var position = log.head.position
            _ = try log.append(plan.events) { Salt(first: 0, second: 0) }
            for event in plan.events {
                position += 1
                replay(event, position)
            }
        }
        try plan.remove(from: log.disk)
    }
}
