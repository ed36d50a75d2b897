import ArgumentParser
import MusterClient

/// Brings large inputs into an audience.
struct MemberImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import people from files or a pipe, of any size.",
        discussion: """
            \(InputFormat.explanation)

            Files are sent in commands of up to 1,000 members, in constant memory. What is no member is \
            reported by its line and the rest is taken; the exit status is then 11. Each import has an \
            id, which is told at the start: after a break the same command with --resume ID goes on, and \
            muster member undo takes the import back. What the daemon has taken already is not taken \
            twice, and counted once.

            --as-snapshot takes the input for the whole audience: it shows how many would come, go and \
            stay, asks, adds first and removes last, so that a sync in between sends too many rather \
            than too few. Who goes is who was in when it was compared. It reads the files twice, takes \
            40 bytes of memory a person, and stops at 5% of rejected rows unless --max-rejected says \
            otherwise, because whoever is rejected goes. After a break --resume compares anew, asks, does \
            and counts what is left to do.

            --dry-run tells the same and sends nothing. Who is kept out (suppressed) only the daemon \
            knows, so it is not counted there.

            Examples:
              muster member import spring people.csv --column email
              zcat events.gz | muster member import spring - --format engage
              muster member import spring crm.ndjson --column user.email
              muster member import spring new.txt --rejects bad.csv --max-rejected 5%
              muster member import spring all.txt --as-snapshot
              muster member import spring new.txt --resume 1mfh6gxqkcqzr

            JSON: added, removed, unchanged, rejected (the first ten: file, line, reason), \
            rejectedCount, members, import, replayed (of these before the break); or with \
            --dry-run: dryRun, come, go, stay, rejected (the first ten: file, line, reason), \
            rejectedCount.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @Argument(help: "Files, read one after the other; - is standard input.", completion: .file())
    var files: [String]

    @Option(help: InputFormat.help)
    var format: InputFormat?

    @Option(help: "The name of the CSV column, or of the field of JSON objects.")
    var column: String?

    @Option(help: "Take events of the audience with this computation_key only.")
    var audience: String?

    @Option(
        help: "Keep what is rejected in this new file, as CSV of file, line and reason.",
        completion: .file())
    var rejects: String?

    @Flag(help: "Also put what was rejected into the --rejects file, which then names people.")
    var rejectsWithAddresses = false

    @Flag(help: "Write over a --rejects file that exists.")
    var force = false

    @Option(
        help: ArgumentHelp(
            "Stop before sending more when more rows are rejected: a count, or a share such as 5%, "
                + "which is judged from 1,000 rows on and at the end.",
            valueName: "limit"))
    var maxRejected: RejectLimit?

    @Option(help: ArgumentHelp("Go on with the import of this id.", valueName: "id"))
    var resume: String?

    @Flag(help: "The input is the whole audience: whoever is not in it goes.")
    var asSnapshot = false

    @Flag(help: "Only say what would happen.")
    var dryRun = false

    @Flag(help: "Do not ask.")
    var yes = false

    @Option(help: "Show progress: always, auto (on a terminal) or never.")
    var progress = Progress.Mode.auto

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    /// The format in force.
    var kind: InputFormat { format ?? Self.format(of: files.first ?? "", column) }

    /// How progress is shown.
    var shown: Progress.Mode { answer.quiet ? .never : progress }

    /// The limit in force.
    var limit: RejectLimit? { maxRejected ?? (asSnapshot ? .percent(5) : nil) }

    private static func format(of path: String, _ column: String?) -> InputFormat {
        InputFormat(path: path, hasColumn: column != nil)
    }

    func validate() throws {
        try kind.validate(column: column, audience: audience)
        if files.count(where: { $0 == "-" }) > 1 {
            throw ValidationError("Standard input can be read once.")
        }
        if format == nil, Set(files.map { Self.format(of: $0, column) }).count > 1 {
            throw ValidationError("Give files of one format at a time, or name it with --format.")
        }
        if kind == .engage, files.count > 1, audience == nil {
            throw ValidationError("Several files of events need --audience.")
        }
        if asSnapshot, kind == .engage {
            throw ValidationError("Events say what changed, and not who is in.")
        }
        if asSnapshot, files.contains("-") {
            throw ValidationError("--as-snapshot reads twice, so it needs a file.")
        }
        if yes, !asSnapshot { throw ValidationError("--yes is about --as-snapshot.") }
        if dryRun, resume != nil { throw ValidationError("--dry-run goes on with nothing.") }
        if rejectsWithAddresses, rejects == nil {
            throw ValidationError("--rejects-with-addresses is about --rejects.")
        }
        if let resume { try Self.validate(id: resume) }
    }

    /// Refuses what cannot be the id of an import.
    static func validate(id: String) throws {
        let isID = id.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
        }
        guard isID, (1...32).contains(id.utf8.count) else {
            throw ValidationError("The id of an import is made of a-z and 0-9.")
        }
    }

    func run() async throws {
        var run = try await ImportRun(self)
        try await run.run()
    }

    /// Opens the files.
    func reader() throws(Failure) -> ImportReader {
        let reader = try ImportReader(files) {
            kind.decoder(.add, column: column, audience: audience)
        }
        if asSnapshot, reader.contents == nil {
            throw .misuse("--as-snapshot reads twice, so it needs regular files")
        }
        return reader
    }

    /// What went wrong, how far the import had come by then, and how to go on.
    func stop(_ error: any Error, _ id: String, _ reached: String, goesOn: Bool) -> Failure {
        let failure = Self.failure(of: error, id)
        let further =
            goesOn
            ? "To go on: the same command\(files.contains("-") ? " and input" : "") with "
                + "--resume \(id). To take it back: muster member undo \(instance) --import \(id)."
            : nil
        let remedy = [failure.remedy, reached, further].compactMap { $0 }
        return Failure(
            failure.status, failure.message, remedy: remedy.joined(separator: "\n"))
    }

    private static func failure(of error: any Error, _ id: String) -> Failure {
        switch error {
        // How to repeat one command is no help where the whole can be repeated.
        case ClientError.connectionLost, ClientError.streamEnded:
            Failure(
                .unavailable, "the daemon went away",
                remedy: "Whether it took what was sent last is unknown; --resume finds out.")
        case ClientError.timedOut:
            Failure(
                .deadline, "no reply came within the deadline",
                remedy: "Whether it took what was sent last is unknown; --resume finds out.")
        case ClientError.refused(let error) where error.name == "command.id_reused":
            Failure(
                .conflict, "this is not the input that import \(id) began with",
                remedy: "Give the same files, format and column; or import anew, without --resume.")
        case let error as ClientError: Failure(error)
        case let error as Failure: error
        default: Failure(.unforeseen, "the import stopped")
        }
    }
}
