import MusterClient
import MusterCore

/// One import from its first row to its report.
struct ImportRun {
    private static let mostListed = 10

    private let options: MemberImport
    private let connection: MusterConnection
    private let screen: ImportScreen
    private let rejects: RejectFile?
    private let id: String
    private var reader: ImportReader
    private var report: ImportReport

    /// Opens the files, looks at the audience and begins the reject file; sends nothing.
    init(_ options: MemberImport) async throws {
        self.options = options
        // The files come first: what cannot be read needs no daemon.
        reader = try options.reader()
        connection = try await options.connection.connect()
        screen = ImportScreen(try await connection.instance(options.instance))
        id = options.resume ?? Importer.newID()
        rejects = try options.rejects.map { path throws(Failure) in
            try RejectFile(
                path, withMembers: options.rejectsWithAddresses,
                replacing: options.force || options.resume != nil)
        }
        report = ImportReport(
            place: "line", mostListed: Self.mostListed, files: options.files, rejects: rejects)
    }

    /// Does what the options say and tells of it.
    mutating func run() async throws {
        Interruption.watch()
        let comparison = try await options.asSnapshot || options.dryRun ? compared() : nil
        if let comparison {
            try rejects?.flush()
            if options.dryRun { return try tell(comparison) }
            guard try goesOn(with: comparison) else { return }
        }
        let trace = try await trace()
        try await sendRows(resuming: trace, comparedBy: comparison)
        if let comparison { try await takeOut(comparison.others, behind: trace?.lastRemoval ?? 0) }
        if report.replayed > 0 {
            // A repeated answer tells the size of its own time.
            report.members = try await connection.instance(options.instance).members
        }
        try finish()
    }

    private func trace() async throws -> ImportTrace? {
        guard options.resume != nil else { return nil }
        let trace = try await ImportTrace.read(id, in: options.instance, over: connection)
        if trace.commands == 0 {
            say("the log has nothing of import \(id) yet; it begins with the first row")
        } else if options.asSnapshot {
            say(
                "before the break \(trace.added.grouped) were added, \(trace.removed.grouped) removed"
            )
        }
        return trace
    }

    /// Reads everything, sends nothing, and compares with who is in.
    private mutating func compared() async throws -> AudienceComparison {
        var comparison = AudienceComparison()
        var importer = Importer(options.instance, report: report, over: connection)
        var progress = Progress(options.shown)
        defer { progress.end() }
        do {
            while let rows = try reader.next() {
                let rows = rows.map(screen.screened)
                try await importer.take(rows.filter { !$0.isChange })
                for row in rows { comparison.take(row) }
                try judge(importer.report, isLast: false)
                show(&progress, importer.report)
            }
            try judge(importer.report, isLast: true)
            report = importer.report
            try await comparison.compare(
                with: connection.members(of: options.instance), whole: options.asSnapshot)
        } catch {
            progress.end()
            throw stopped(error, importer)
        }
        return comparison
    }

    /// Shows the difference and asks whether it is meant; false where there is none.
    private func goesOn(with comparison: AudienceComparison) throws -> Bool {
        guard !comparison.isEmpty else {
            throw Failure(
                .misuse, "the input holds nobody; an audience is not emptied by a file",
                remedy: "To empty it, muster instance retire \(options.instance).")
        }
        let words = difference(comparison)
        guard comparison.come > 0 || comparison.go > 0 else {
            let told = report.json.with("import", .null).with("replayed", 0)
            try options.answer.confirm(told) { "\(words)\nnothing to do" }
            if report.rejected > 0 { throw Failure(.membersRejected) }
            return false
        }
        // What is asked about has to be seen.
        if options.yes { say(words) } else { Descriptor.error.say(words) }
        try Assent.must("Make it so?", isGiven: options.yes)
        return true
    }

    /// Sends the rows, of a whole audience only those that bring somebody: after a break the others
    /// are those that were sent before it, or whoever came or went meanwhile.
    private mutating func sendRows(
        resuming trace: ImportTrace?, comparedBy comparison: AudienceComparison?
    ) async throws {
        if comparison != nil {
            let before = reader.contents
            reader = try options.reader()
            guard reader.contents == before else {
                throw Failure(
                    .conflict, "the input changed after it was compared",
                    remedy: "Nothing was sent. Compare again.")
            }
        }
        var importer = Importer(
            options.instance, id: id, isOrdered: options.kind == .engage,
            resuming: comparison == nil ? trace : nil,
            behind: comparison == nil ? 0 : trace?.last ?? 0, report: report, over: connection)
        var progress = Progress(options.shown)
        defer { progress.end() }
        var isTold = false
        do {
            while let rows = try reader.next() {
                // Told once there is something to go on with, and before anything is sent.
                if !isTold { tellID() }
                isTold = true
                let rows = rows.map(screen.screened)
                var changes = rows.filter(\.isChange)
                if let comparison {
                    let coming = changes.filter(comparison.brings)
                    importer.leave(changes.count - coming.count)
                    changes = coming
                } else {
                    try await importer.take(rows.filter { !$0.isChange })
                }
                try judge(importer.report, isLast: false)
                try await importer.take(changes)
                show(&progress, importer.report)
            }
            try judge(importer.report, isLast: true)
            try await importer.finish()
        } catch {
            progress.end()
            await importer.abandon()
            throw stopped(error, importer)
        }
        report = importer.report
    }

    private func tellID() {
        say("import \(id) into \(options.instance); after a break go on with --resume \(id)")
    }

    /// Takes out who was in when the input was compared, and is not in the input.
    private mutating func takeOut(_ people: [Digest], behind number: Int) async throws {
        guard !people.isEmpty else { return }
        var importer = Importer(
            options.instance, id: "\(id)-\(ImportTrace.removals)", behind: number, report: report,
            over: connection)
        do {
            var rest = people[...]
            while !rest.isEmpty {
                try Interruption.check()
                try await importer.take(
                    rest.prefix(Batch.mostMembers).map {
                        InputRow(line: 0, content: .change(.remove, member: $0.hex))
                    })
                rest = rest.dropFirst(Batch.mostMembers)
            }
            try await importer.finish()
        } catch {
            await importer.abandon()
            let removed = importer.report.removed - report.removed
            throw options.stop(
                error, id,
                "Everybody in the input is in; \(removed.grouped) of \(people.count.grouped) who "
                    + "are to go are out.", goesOn: true)
        }
        report = importer.report
    }

    private func judge(_ report: ImportReport, isLast: Bool) throws(Failure) {
        if let failure = rejects?.failure { throw failure }
        guard let limit = options.limit,
            limit.isPassed(rejected: report.rejected, of: reader.rows, isLast: isLast)
        else { return }
        throw Failure(
            .membersRejected,
            "stopped: \(report.rejected.grouped) of \(reader.rows.counted("row")) rejected, "
                + "more than \(limit.text)",
            remedy: report.rejections.joined(separator: "\n") + "\n")
    }

    private func show(_ progress: inout Progress, _ report: ImportReport) {
        progress.update(
            done: reader.done, of: reader.size, rows: reader.rows, rejected: report.rejected,
            isLast: false)
    }

    /// What went wrong, what was sent by then and how to go on.
    private func stopped(_ error: any Error, _ importer: Importer) -> Failure {
        // The reject file tells of what was read; that it fails too is no more than it says itself.
        try? rejects?.flush()
        guard importer.sent > 0 else {
            return options.stop(error, id, "Nothing was sent.", goesOn: options.resume != nil)
        }
        let report = importer.report
        let reached =
            report.lastRow.map { "Sent up to \(report.words($0)): \(report.counts)." }
            ?? "Nothing is known to have been taken."
        return options.stop(error, id, reached, goesOn: true)
    }

    private func tell(_ comparison: AudienceComparison) throws {
        let told: JSONValue = [
            "dryRun": true, "come": .integer(comparison.come), "go": .integer(comparison.go),
            "stay": .integer(comparison.stay), "rejected": report.rejectedJSON,
            "rejectedCount": .integer(report.rejected),
        ]
        let lines = ["\(difference(comparison)) (nothing was sent)"] + report.rejections
        try options.answer.show(told) { lines.joined(separator: "\n") }
        if report.rejected > 0 { throw Failure(.membersRejected) }
    }

    private func difference(_ comparison: AudienceComparison) -> String {
        "\(options.instance): \(comparison.come.grouped) would come, \(comparison.go.grouped) go, "
            + "\(comparison.stay.grouped) stay; \(report.rejected.counted("row")) rejected"
    }

    private func finish() throws(Failure) {
        try rejects?.flush()
        let told = report.json.with("import", .string(id))
            .with("replayed", .integer(report.replayed))
        do throws(Failure) {
            try options.answer.confirm(told, unless: report.rejected > 0) {
                report.text(options.instance)
            }
        } catch {
            guard error.status == .closedPipe else { throw error }
            throw Failure(
                .closedPipe, "the import is done, and nobody reads of it: \(report.counts)")
        }
        if report.rejected > 0 { throw Failure(.membersRejected) }
    }

    private func say(_ text: String) { options.answer.note(text) }
}
