import ArgumentParser
import MusterClient

/// Where `member add` and `member remove` take members from.
struct MemberInput: ParsableArguments {
    static let discussion = """
        Members are addresses, or their SHA-256 as 64 hex digits or 44 base64 characters.

        Arguments are visible to other users of this host (ps). Give - to read from standard input, \
        or --file. Before an address that starts with - put --.

        \(InputFormat.explanation) Events add and remove, so they are for member add only.

        Files of any size are sent in commands of up to 1,000 members. What is no member is reported \
        by its line and the rest is taken; the exit status is then 11. Running it again is safe.

        For what is large, or may have to be gone on with or taken back, there is muster member import.
        """

    static let jsonWords = """
        JSON: added, removed, unchanged, rejected (the first of --rejects: reason; sometimes line, \
        argument), rejectedCount, members.
        """

    @Argument(help: "The audience's name.")
    var instance: String

    @Argument(help: "Addresses, or - for standard input.")
    var addresses: [String] = []

    @Option(help: "Read members from this file; - is standard input.", completion: .file())
    var file: String?

    @Option(help: InputFormat.help)
    var format: InputFormat?

    @Option(help: "The name of the CSV column, or of the field of JSON objects.")
    var column: String?

    @Option(help: "Take events of the audience with this computation_key only.")
    var audience: String?

    @Flag(help: "All or nothing, in one command of up to 50,000 members.")
    var atomic = false

    @Option(help: "How many rejected rows to list.")
    var rejects = 10

    @Option(help: "Show progress: always, auto (on a terminal) or never.")
    var progress = Progress.Mode.auto

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    /// The file to read, where members are no arguments.
    private var path: String? { addresses == ["-"] ? "-" : file }

    /// The format in force.
    var kind: InputFormat { format ?? InputFormat(path: path ?? "", hasColumn: column != nil) }

    func validate() throws {
        if addresses.isEmpty == (file == nil) {
            throw ValidationError("Give addresses, or -, or --file.")
        }
        if addresses.contains("-"), addresses.count > 1 {
            throw ValidationError("Give - alone: everything is then read from standard input.")
        }
        if path == nil, kind != .lines {
            throw ValidationError("--format is about files and standard input.")
        }
        try kind.validate(column: column, audience: audience)
        if atomic, kind == .engage {
            throw ValidationError("Events add and remove, which one command cannot do together.")
        }
        if rejects < 0 { throw ValidationError("--rejects is 0 or more.") }
    }

    /// Sends the input in this direction and reports.
    func run(_ direction: Direction) async throws {
        let report = ImportReport(
            place: path == nil ? "argument" : "line", mostListed: rejects)
        // The file comes first: what cannot be read needs no daemon.
        let file = try path.map { path throws(Failure) in try InputFile.open(path) }
        var importer = Importer(
            instance, isAtomic: atomic, isOrdered: kind == .engage, report: report,
            over: try await connection.connect())
        do {
            if let file {
                try await send(file, direction, through: &importer)
            } else {
                try await importer.take(arguments(direction))
            }
            try await importer.finish()
        } catch {
            if atomic, importer.report.rejected > 0 { try show(importer.report) }
            throw stopped(error, importer.report)
        }
        let done = importer.report
        try show(done)
        if done.rejected > 0 { throw Failure(.membersRejected) }
    }

    private func show(_ report: ImportReport) throws(Failure) {
        try answer.confirm(report.json, unless: report.rejected > 0) { report.text(instance) }
    }

    private func arguments(_ direction: Direction) -> [InputRow] {
        addresses.enumerated().map { index, member in
            InputRow(line: index + 1, content: .change(direction, member: member))
        }
    }

    private func send(
        _ file: InputFile, _ direction: Direction, through importer: inout Importer
    ) async throws {
        var decoder = kind.decoder(direction, column: column, audience: audience)
        var progress = Progress(answer.quiet ? .never : progress)
        defer { progress.end() }
        var rows = 0
        var isLast = false
        while !isLast {
            let chunk = try file.next()
            isLast = chunk.isEmpty
            let new = try decoder.rows(of: chunk, isLast: isLast)
            rows += new.count
            try await importer.take(new)
            progress.update(
                done: file.bytesRead, of: file.size, rows: rows,
                rejected: importer.report.rejected, isLast: isLast)
        }
    }

    /// What went wrong, and how far the import had come by then.
    private func stopped(_ error: any Error, _ report: ImportReport) -> Failure {
        let failure =
            switch error {
            case let error as InputError: Failure.misuse("line \(error.line): \(error.message)")
            // How to repeat one command is no help where the whole can be repeated.
            case ClientError.connectionLost: Failure(.unavailable, "the daemon went away")
            case ClientError.timedOut: Failure(.deadline, "no reply came within the deadline")
            case let error as ClientError: Failure(error)
            case let error as Failure: error
            default: Failure(.unforeseen, "the import stopped")
            }
        guard path != nil, !atomic else { return failure }
        let remedy = [
            failure.remedy,
            report.lastRow.map {
                "Taken up to \(report.words($0)); running it again is safe."
            } ?? "Nothing is known to have been taken; running it again is safe.",
        ]
        return Failure(
            failure.status, failure.message,
            remedy: remedy.compactMap { $0 }.joined(separator: "\n"))
    }
}
