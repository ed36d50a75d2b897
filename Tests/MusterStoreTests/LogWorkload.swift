import MusterCore

@testable import MusterStore
@testable import log_faults

let newLog = LogID(high: 7, low: 8)

/// Quick to make, and soon full.
let smallSizes = SegmentSizes([64 << 10, 128 << 10], reserve: 16 << 10)

extension Random {
    /// People came or went, or a run went on.
    mutating func event() -> Event {
        let at = Timestamp(milliseconds: 1_795_000_000_000 + Int64(below(1000)))
        guard below(4) > 0 else {
            return Event(at: at, actor: .daemon, fact: .syncSucceeded(run: next()))
        }
        let digests = (0...below(flag() ? 40 : 1)).map { _ in Digest.sha256(bytes(8)) }
        return Event(
            at: at, actor: .peer(uid: 1, gid: 2, pid: 3),
            command: CommandID("c\(next())").map { CommandStamp(id: $0, check: 1) },
            fact: .membersAdded(
                MembersChanged(instance: 1, identities: .digests(digests), unchanged: 0)))
    }

    mutating func events(most: Int) -> [Event] { (0...below(most)).map { _ in event() } }

    mutating func salt() -> Salt { Salt(first: next(), second: next()) }

    private mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

/// A log that was opened, and the events it was found with.
struct OpenedLog {
    let log: EventLog
    let repaired: TailRepaired?
    let events: [Event]

    init(_ disk: any FileSystem, sizes: SegmentSizes = .standard) throws(LogError) {
        var events: [Event] = []
        let opened = try EventLog.open(disk, newLog: newLog, sizes: sizes) { event, position in
            events.append(event)
            precondition(position == Position(events.count))
        }
        log = opened.log
        repaired = opened.repaired
        self.events = events
    }
}

/// The first error that `body` throws.
func logError(_ body: () throws(LogError) -> Void) -> LogError? {
    do {
        try body()
        return nil
    } catch {
        return error
    }
}
