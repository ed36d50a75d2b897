import ArgumentParser
import MusterCore
import MusterStore

/// Takes over a log that was put back from a copy.
struct LogAdopt: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Take over a log that was put back from a copy.",
        discussion: """
            Run it once on every state directory that was put back from a backup, before the daemon is \
            started. The log gets a new id, by which clients notice; runs under way end as failed; and the \
            next sync of each audience that may be at TTD is held until a person approves it, because \
            TTD may hold a newer list. What was appended after the copy was made is lost: removals and \
            withdrawn consents too, which their senders have to send again.

            The copy may be that of a running daemon. An unfinished commit at its end, and snapshots and \
            a MARK that say something else than the log, go to quarantine/. Without --yes nothing is \
            changed, and the exit status is 2: it only says what would be done.

            Examples:
              muster log adopt --state-directory /var/lib/musterd
              muster log adopt --yes --state-directory /var/lib/musterd

            JSON: adopted, logId, position, durable, knownLost, unnamedSegments, cutBytes, \
            quarantined, failedRuns (instance, run), heldInstances.
            """)

    @Flag(help: "Do it.")
    var yes = false

    @OptionGroup var options: LogOptions

    func run() throws {
        let (files, caller) = try options.directory.writable()
        let adoption: LogAdoption
        do throws(LogAdoption.Refusal) {
            adoption = try LogAdoption(files)
        } catch {
            throw Failure(error)
        }
        defer { adoption.release() }
        let newLog = LogID(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max))
        let account = AdoptionAccount(adoption, newLog: yes ? newLog : nil)
        if yes {
            _ = try Failure.ofLog { () throws(LogError) in
                try adoption.perform(newLog: newLog, by: caller, at: .now)
            }
        }
        try options.answer.confirm(account.json, unless: !yes) { account.text }
        if !yes {
            throw Failure(.misuse, "nothing was changed", remedy: "Give --yes to adopt the log.")
        }
    }
}

/// What an adoption does, in counts and names.
private struct AdoptionAccount {
    private let newLog: LogID?
    private let position: Position
    private let durable: Position
    private let unnamed: [UInt64]
    private let tails: [TailRepaired]
    private let moved: [String]
    private let failed: [(instance: String, run: RunID)]
    private let held: [String]

    /// `newLog` is nil where it is only said what would be done.
    init(_ adoption: LogAdoption, newLog: LogID?) {
        self.newLog = newLog
        position = adoption.position
        durable = adoption.durable
        unnamed = adoption.unnamedSegments
        tails = adoption.tails
        moved = adoption.contradicting
        let instances = adoption.state.instances
        failed = instances.compactMap { one in one.activeRun.map { (one.id.text, $0.id) } }
        held = instances.filter(\.mayHaveSent).map(\.id.text)
    }

    private var lost: Position { durable > position ? durable - position : 0 }

    var json: JSON {
        [
            "adopted": .bool(newLog != nil), "logId": .text(newLog?.text),
            "position": .number(position), "durable": .number(durable),
            "knownLost": .number(lost), "unnamedSegments": .array(unnamed.map { .number($0) }),
            "cutBytes": .number(tails.reduce(0) { $0 + $1.bytes }),
            "quarantined": .array(moved.map { .string($0) }),
            "failedRuns": .array(
                failed.map { ["instance": .string($0.instance), "run": .number($0.run)] }),
            "heldInstances": .array(held.map { .string($0) }),
        ]
    }

    var text: String {
        var sheet = Sheet(newLog == nil ? "what would be adopted" : "the log was adopted")
        sheet.add("new log id", newLog?.text)
        sheet.add("log ends at", "position \(position)")
        sheet.add("known to be lost", lost == 0 ? nil : "positions \(position + 1) to \(durable)")
        sheet.add(
            "not in MANIFEST",
            unnamed.isEmpty ? nil : "segment " + unnamed.map { "\($0)" }.joined(separator: ", "))
        for tail in tails {
            sheet.add(
                "unfinished commit",
                "segment \(tail.segment), byte \(tail.offset): \(Int(tail.bytes).counted("byte"))")
        }
        for path in moved { sheet.add("to quarantine", path) }
        for one in failed { sheet.add("run that fails", "\(one.run) of \(one.instance)") }
        sheet.add("next sync is held", held.isEmpty ? nil : held.joined(separator: ", "))
        return sheet.text
    }
}

extension Failure {
    fileprivate init(_ refusal: LogAdoption.Refusal) {
        let failure = Failure(refusal.error)
        guard failure.status == .logDamaged, let place = refusal.wholeUpTo else {
            self = failure
            return
        }
        self.init(
            failure.status, failure.message,
            remedy: """
                Copy again, from a snapshot of the file system or after the daemon has stopped. Or give up \
                what stands behind position \(place.position - 1): muster log repair --truncate-at \
                \(place.segment):\(place.offset) --yes, and then adopt what is left.
                """)
    }
}
