import ArgumentParser
import MusterCore
import MusterStore

/// Writes the list of an audience as it was.
struct AudienceExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the list of a moment or of a past run again, byte for byte.",
        discussion: """
            The same position gives the same bytes: rows in the order of their digests, base64 of the \
            digest, or the address in an email audience. With --run the list is compared with the number \
            of rows and the SHA-256 that the log recorded when the run was frozen, before a pipe gets anything \
            or a file its name. Where people were erased since, the list can no longer be the one of then: it is \
            written without them, the erasure is named, and the exit status is 6. Where it differs for \
            another reason nothing is written, and the exit status is 10.

            It writes people: to a pipe or a new file of mode 0600, and to a terminal or over a file only \
            with --force. A file gets its name when it is whole.

            Examples:
              muster audience export acme-us --run 4711 -o sent.txt
              muster audience export acme-us --at 2026-11-24T18:00:00Z | sha256sum

            JSON: on standard output and with -o FILE only: instance, position, count, bytes, \
            digest, erasedBy; sometimes run, state, recordedCount, recordedDigest, proven.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @Option(help: "A position, or a time such as 2026-11-23T03:00:00Z; else now.")
    var at: LogPoint?

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("The number of a run, as muster sync list shows it.", valueName: "run"))
    var wanted: RunID?

    @Option(name: .shortAndLong, help: "Where the list goes; - is standard output.")
    var output = "-"

    @Flag(help: "Write the list to a terminal too, or over a file.")
    var force = false

    @OptionGroup var options: AudienceOptions

    func validate() throws {
        if at != nil, wanted != nil { throw ValidationError("Name --at or --run.") }
        if options.answer.json, output == "-" { throw ValidationError("--json goes with -o FILE.") }
    }

    func run() throws {
        let files = try options.directory.files()
        let reader = try Failure.ofLog { () throws(LogError) in try LogReader(files) }
        let past = try AudiencePast(
            reader, to: at, run: wanted, fromSnapshot: true, isQuiet: options.answer.quiet)
        let found = try past.instance(instance)
        let recorded = try wanted.map { id throws(Failure) in try past.run(id, of: found) }
        let lists = AudienceLists(files, of: found)
        let proof = try lists.write(
            at: recorded?.list().position ?? past.position, to: output, isForced: force,
            isQuiet: options.answer.quiet
        ) { list throws(Failure) in
            let proof = ListProof(
                instance: instance, list: list, erasures: try lists.erasures(since: list.position),
                run: recorded)
            if let failure = proof.refusal { throw failure }
            return proof
        }
        let words = proof.text
        if output == "-" {
            options.answer.note(words)
        } else {
            try options.answer.confirm(proof.json) { words }
        }
        if let failure = proof.shortfall { throw failure }
    }
}

extension AudiencePast {
    /// The run that was looked out for, which must be of this audience.
    func run(_ id: RunID, of instance: InstanceState) throws(Failure) -> RunPast {
        guard let run, run.instance == instance.number else {
            throw Failure(
                .unknown, "there is no run \(id) of this audience",
                remedy: "muster sync list \(instance.id.text) names them; the log has older ones.")
        }
        return run
    }
}

/// What a list written again proves of a run.
struct ListProof {
    let instance: String
    let list: FrozenAudience
    let erasures: [Position]
    /// Nil where no run was asked for; its list is fixed.
    let run: RunPast?

    private var isProven: Bool? {
        run?.frozen.map { $0.count == UInt64(list.count) && $0.digest == list.digest }
    }

    /// Why nothing is written: it must be the list of then, and is not.
    var refusal: Failure? {
        guard isProven == false, erasures.isEmpty, let run, let recorded = run.frozen else {
            return nil
        }
        return Failure(
            .logDamaged,
            "the list at position \(list.position) has \(list.words), and the log recorded "
                + "\(Int(recorded.count).counted("row")), SHA-256 \(recorded.digest.hex) for run "
                + "\(run.id); nothing was written",
            remedy: "See what muster log verify says of the state directory, and report this.")
    }

    /// Why what was written is not what the run sent.
    var shortfall: Failure? {
        guard isProven == false, let run else { return nil }
        return Failure(
            .conflict,
            "this is not the whole list of run \(run.id): people were erased from it since",
            remedy: "muster log erasures tells when and by whom. What is erased does not come back."
        )
    }

    var json: JSON {
        var members = list.json(instance, erasedBy: erasures)
        if let run {
            members += [
                ("run", .number(run.id)), ("state", .string(run.state)),
                ("recordedCount", .number(run.frozen?.count)),
                ("recordedDigest", .text(run.frozen?.digest.hex)),
                ("proven", .bool(isProven == true)),
            ]
        }
        return .object(JSONObject(members))
    }

    var text: String {
        var lines = ["\(instance) at position \(list.position): \(list.words)"]
        if let run, let recorded = run.frozen {
            lines.append(
                isProven == true
                    ? "proven: run \(run.id) (\(run.state)) recorded exactly this number of rows and "
                        + "this SHA-256"
                    : "run \(run.id) (\(run.state)) recorded "
                        + "\(Int(recorded.count).counted("row")), SHA-256 \(recorded.digest.hex)")
        }
        if let words = erasureWords(erasures), isProven != true { lines.append(words) }
        return lines.joined(separator: "\n")
    }
}
