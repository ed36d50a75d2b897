import ArgumentParser
import MusterClient

/// Takes an import back.
struct MemberUndo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Take back what an import added.",
        discussion: """
            Removes whom that import added and who has been in ever since. Whoever left meanwhile stays \
            out, and whoever left and was added again by somebody else stays in. Who was in before the \
            import stays in too, because the import did not add them. An addition of somebody who is in \
            already leaves no trace in the log: who was added by this import first, and then named by \
            another, is removed.

            Whom the import removed (events, --as-snapshot) stays out: bring them back by importing them. \
            The daemon reads its whole log for this, so it works for everybody who may command it.

            Examples:
              muster member undo spring --import 1mfh6gxqkcqzr --dry-run
              muster member undo spring --import 1mfh6gxqkcqzr

            JSON: import, added, stillIn, dryRun, removed, members.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @Option(
        name: .customLong("import"),
        help: ArgumentHelp("The import's id, as it was told at its start.", valueName: "id"))
    var importID: String

    @Flag(help: "Only say what would happen.")
    var dryRun = false

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func validate() throws { try MemberImport.validate(id: importID) }

    func run() async throws {
        let muster = try await connection.connect()
        let trace = try await ImportTrace.read(importID, in: instance, over: muster)
        guard trace.commands > 0 else {
            throw Failure(
                .unknown, "the log has nothing of import \(importID) in \(instance)",
                remedy: "An import tells its id when it begins; muster tail --instance "
                    + "\(instance) --json has it in the commandId of its commands.")
        }
        var people: [String] = []
        for try await page in muster.members(of: instance, addedBy: importID) {
            people += page.members
        }
        let found = words(trace, people.count)
        if dryRun || people.isEmpty {
            return try answer.show(json(trace, people.count, undo: nil)) {
                people.isEmpty ? found : "\(found) (nothing was changed)"
            }
        }
        // What is asked about has to be seen.
        if yes { answer.note(found) } else { Descriptor.error.say(found) }
        try Assent.must("Take them out?", isGiven: yes)
        try await takeOut(people, trace, over: muster)
    }

    private func takeOut(
        _ people: [String], _ trace: ImportTrace, over muster: MusterConnection
    ) async throws {
        Interruption.watch()
        let id = Importer.newID()
        var importer = Importer(
            instance, id: id, report: ImportReport(place: "person", mostListed: 0), over: muster)
        do {
            for (index, member) in people.enumerated() {
                try Interruption.check()
                let row = InputRow(
                    line: index + 1, content: .change(.remove, member: member))
                try await importer.take([row])
            }
            try await importer.finish()
        } catch {
            await importer.abandon()
            let failure = (error as? Failure) ?? (error as? ClientError).map { Failure($0) }
            throw Failure(
                failure?.status ?? .unforeseen, failure?.message ?? "it stopped",
                remedy: "\(importer.report.removed.grouped) of \(people.count.grouped) are out. "
                    + "To go on, run it again.")
        }
        let report = importer.report
        try answer.confirm(json(trace, people.count, undo: report)) {
            "\(instance): \(report.removed.grouped) removed"
                + (report.members.map { "; \($0.counted("member")) now" } ?? "")
        }
    }

    private func words(_ trace: ImportTrace, _ count: Int) -> String {
        let removed =
            trace.removed > 0
            ? "; the \(trace.removed.grouped) it removed stay out" : ""
        return "\(instance): import \(importID) added \(trace.added.grouped), of whom "
            + "\(count.grouped) are in by it still\(removed)"
    }

    private func json(
        _ trace: ImportTrace, _ count: Int, undo report: ImportReport?
    ) -> JSONValue {
        [
            "import": .string(importID), "added": .integer(trace.added),
            "stillIn": .integer(count), "dryRun": .bool(dryRun),
            "removed": .integer(report?.removed ?? 0),
            "members": report?.members.map { .integer($0) } ?? .null,
        ]
    }
}
