import MusterCore
import MusterStore

/// The log of a directory, taken from any daemon until it is closed.
struct OpenedLog {
    let log: EventLog
    private(set) var state: State
    private let files: PosixFileSystem
    private let caller: Actor

    init(_ files: PosixFileSystem, _ caller: Actor) throws(Failure) {
        self.files = files
        self.caller = caller
        var fold = StateFold(onTwoThreads: State())
        let opened = try Failure.ofLog { () throws(LogError) in
            let newLog = LogID(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max))
            return try EventLog.open(
                files, newLog: newLog, restore: { fold = StateFold(onTwoThreads: $0) },
                replay: { event, _ in fold.apply(event) })
        }
        for fault in opened.passedOver {
            Descriptor.error.say("warning: " + fault.message.asMessage)
        }
        log = opened.log
        state = fold.finish()
        if let repaired = opened.repaired { try append([.tailRepaired(repaired)], by: .daemon) }
    }

    /// Records facts that name nobody.
    mutating func append(_ facts: [Fact], by actor: Actor? = nil) throws(Failure) {
        let events = facts.map { Event(at: .now, actor: actor ?? caller, fact: $0) }
        _ = try Failure.ofLog { () throws(LogError) in
            try log.append(events) { Salt(first: 0, second: 0) }
        }
        for event in events { state.apply(event) }
    }

    /// The key of those who are kept out, made where there is none yet.
    func suppressionKey() throws(Failure) -> SuppressionKey {
        try Failure.ofLog { () throws(LogError) in
            try SuppressionKey.readOrMake(
                files, for: state,
                random: (0..<SuppressionKey.size).map { _ in .random(in: 0 ... .max) })
        }
    }

    func number(of name: String) throws(Failure) -> InstanceNumber {
        guard let found = InstanceID(name).flatMap({ state[$0] }) else {
            throw Failure(
                .unknown, "there is no audience \(name)",
                remedy: "muster log replay lists those there are.")
        }
        return found.number
    }

    /// Writes the snapshot that takes the place of those that named somebody.
    func writeSnapshot() throws(Failure) {
        let head = log.head
        let header = SnapshotHeader(
            log: head.log, position: head.position, chain: head.chain, createdAt: .now)
        _ = try Failure.ofLog { () throws(LogError) in
            try Snapshots(files).write(Outline(of: state), header)
        }
    }

    func close() {
        do {
            try log.close()
        } catch {
            Descriptor.error.say(
                "warning: the log was not closed, which the next start makes up for: \(error.message)"
            )
        }
    }

    var json: JSON { ["position": .number(log.head.position)] }
    var text: String {
        "nothing is left to be erased; the log ends at position \(log.head.position)"
    }
}
