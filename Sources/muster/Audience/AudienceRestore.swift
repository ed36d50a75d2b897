import ArgumentParser
import MusterClient
import MusterCore
import MusterStore

/// Makes an audience what it was, and sends it.
struct AudienceRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make an audience what it was at a run or a moment, and send it.",
        discussion: """
            Shows the difference and asks. Then it adds who is missing and after that removes who is too \
            many, by ordinary commands, so that a sync in between sends too many people and never too few; \
            it compares the state with the list of then, and sends it by sync now, through every guard.

            Whoever was removed since by a command about them alone stays out unless --include-removed is \
            given, or they were added by one again. Whoever was erased never comes back.

            After a break run it again: what was done stays done, and only the rest is sent.

            It reads the state directory of the daemon it talks to. A number given to --to that is a run \
            of this audience means the list that the run was frozen with, any other a position.

            The exit status is that of sync now --wait: 0 when it was sent, 6 when it was held or skipped, \
            9 when that failed; 11 where some could not be added.

            Examples:
              muster audience restore acme-us --to 4711 --dry-run
              muster audience restore acme-us --to 2026-11-24T18:00:00Z --yes

            JSON: instance, run, to, from, membersNow, membersThen, toAdd, toRemove, leftOut, \
            membersAfterwards, erasedBy; sometimes, once it is done: added, removed, rejected \
            (reason, count), deviations, sync (as in sync show).
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @Option(help: "A run's number, a position, or a time such as 2026-11-23T03:00:00Z.")
    var to: LogPoint

    @Flag(help: "Bring back also those who were removed one by one since.")
    var includeRemoved = false

    @Flag(help: "Show the difference and change nothing.")
    var dryRun = false

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(inversion: .prefixedNo, help: "Send the audience when it is restored.")
    var sync = true

    @Flag(help: "Send it though it was sent within the last hour.")
    var again = false

    @OptionGroup var directory: AudienceDirectory
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        // The directory comes first: what cannot be read needs no daemon.
        let files = try directory.files()
        let muster = try await connection.connect()
        let plan = try await reading(files, muster)
            .plan(instance, to: to, includingRemoved: includeRemoved)
        if dryRun { return try answer.show(.object(plan.json) as JSONValue) { plan.text } }
        if !answer.json, !answer.quiet || !yes {
            try Descriptor.output.line(plan.text.fitted(to: Descriptor.output.columns))
        }
        try confirm(plan)
        let sender = try await changed(plan, over: muster)
        let deviations = try await deviations(from: plan, files, muster)
        try say(stateWords(plan, sender, deviations: deviations))
        let run = try await sent(plan, over: muster)
        if answer.json { try show(plan, sender, deviations, run) }
        if let failure = run.flatMap({ Failure(endOf: $0) }) { throw failure }
        if sender.rejectedCount > 0 { throw Failure(.membersRejected) }
    }

    private func say(_ line: String) throws(Failure) {
        if !answer.json, !answer.quiet { try Descriptor.output.line(line) }
    }

    private func reading(
        _ files: PosixFileSystem, _ muster: MusterConnection
    ) async throws -> RestoreReading {
        try await RestoreReading(
            files, muster.hello(), isQuiet: answer.quiet)
    }

    private func confirm(_ plan: RestorePlan) throws(Failure) {
        guard !yes, !plan.isEmpty else { return }
        // What is asked about has to be seen.
        if answer.json { Descriptor.error.say(plan.text) }
        let what = sync ? "Change the audience and send it?" : "Change the audience?"
        try Assent.must(what, isGiven: false)
    }

    /// Sends the changes; where that stops in the middle, how far it came is said.
    private func changed(
        _ plan: RestorePlan, over muster: MusterConnection
    ) async throws -> RestoreSender {
        var sender = RestoreSender(plan, over: muster, isQuiet: answer.quiet)
        guard !plan.isEmpty else { return sender }
        Interruption.watch()
        do {
            try await sender.send()
        } catch {
            let failure = (error as? ClientError).map { Failure($0) } ?? error as? Failure
            throw Failure(
                failure?.status ?? .unforeseen, failure?.message ?? "the restore stopped",
                remedy: Self.remedy(after: sender))
        }
        return sender
    }

    private static func remedy(after sender: RestoreSender) -> String {
        "\(sender.added.grouped) were added and \(sender.removed.grouped) removed by commands that were "
            + "answered, and nothing was sent to The Trade Desk. Run it again to do the rest."
    }

    /// How many are not as they are to be, by the log itself.
    private func deviations(
        from plan: RestorePlan, _ files: PosixFileSystem, _ muster: MusterConnection
    ) async throws -> Int {
        guard !plan.isEmpty else { return 0 }
        return try await plan.deviations(of: reading(files, muster).list(of: instance))
    }

    private func stateWords(
        _ plan: RestorePlan, _ sender: RestoreSender, deviations: Int
    ) -> String {
        let goal = plan.run.map { "run \($0.id)" } ?? "position \(plan.target.position)"
        var words =
            plan.isEmpty
            ? "there is nothing to change"
            : Self.words(sender)
        for (reason, count) in sender.rejected.sorted(by: { $0.key < $1.key }) {
            words += ", \(count.grouped) not taken (\(reason))"
        }
        if deviations == 0 {
            words += plan.isExact ? "; the audience is that of \(goal)" : "; nothing else differs"
        } else {
            words +=
                "; \(deviations.counted("member")) differ, not taken or changed by others meanwhile"
        }
        return words
    }

    private static func words(_ sender: RestoreSender) -> String {
        let parts = [
            sender.added > 0 ? "\(sender.added.grouped) added" : nil,
            sender.removed > 0 ? "\(sender.removed.grouped) removed" : nil,
        ].compactMap { $0 }
        return parts.isEmpty ? "nobody added or removed" : parts.joined(separator: ", ")
    }

    /// Sends the audience, where that is wanted, and tells how it goes.
    private func sent(
        _ plan: RestorePlan, over muster: MusterConnection
    ) async throws -> MusterClient.Run? {
        guard sync else { return nil }
        if plan.isEmpty, let last = try await lastSent(muster), last.digest == plan.now.digest.hex {
            try say("run \(last.id) has sent exactly this list; it is not sent again")
            return nil
        }
        var said: String?
        do {
            for try await progress in muster.sync(instance, again: again) {
                guard case .changed(let run) = progress else {
                    guard case .ended(let run) = progress else { continue }
                    try say(endWords(run, plan))
                    return run
                }
                if run.progress != said { try say(run.progress) }
                said = run.progress
            }
        } catch ClientError.refused(let refusal) {
            throw Failure(
                ExitStatus(refusal),
                "the audience is restored and was not sent: \(refusal.messageInVerbs)",
                remedy: "\(refusal.remedyInVerbs) muster sync now \(instance) sends it.")
        }
        return nil
    }

    private func lastSent(_ muster: MusterConnection) async throws -> MusterClient.Run? {
        try await muster.runs(of: instance).first { $0.state == .succeeded }
    }

    private func endWords(_ run: MusterClient.Run, _ plan: RestorePlan) -> String {
        guard run.state == .succeeded, run.digest == plan.target.digest.hex else {
            return run.progress
        }
        return run.progress + "\nThe Trade Desk was sent exactly the list of then, SHA-256 "
            + plan.target.digest.hex
    }

    private func show(
        _ plan: RestorePlan, _ sender: RestoreSender, _ deviations: Int, _ run: MusterClient.Run?
    ) throws(Failure) {
        let rejected = sender.rejected.sorted { $0.key < $1.key }.map { reason, count in
            JSONValue.object([
                JSONValue.Member(name: "reason", value: .string(reason)),
                JSONValue.Member(name: "count", value: .integer(count)),
            ])
        }
        let done: [(name: String, value: JSONValue)] = [
            ("added", .integer(sender.added)), ("removed", .integer(sender.removed)),
            ("rejected", .array(rejected)), ("deviations", .integer(deviations)),
            ("sync", run?.json ?? .null),
        ]
        let members = plan.json + done.map { JSONValue.Member(name: $0.name, value: $0.value) }
        try Descriptor.output.line(JSONValue.object(members).prettyText)
    }
}
