import ArgumentParser
import MusterCore
import MusterStore

/// Folds the log into the state that it tells.
struct LogReplay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Show the state that the log tells, now or at any moment, without the daemon.",
        discussion: """
            Of a damaged log it shows the state before the damage, and the exit status is 10. A time \
            means the last event before the first one that is later; only positions order events.

            --upload writes people: to a pipe or a file of mode 0600, and to a terminal or over a file \
            only with --force. The same position gives the same bytes.

            Arguments are visible to other users of this host (ps): "member -" reads the address from \
            one line of standard input.

            Examples:
              muster log replay --state-directory /var/lib/musterd
              muster log replay --to 4711 --state --state-directory /var/lib/musterd
              muster log replay --trace --stop-on 'members < 100' --instance spring \\
                --state-directory /var/lib/musterd

            JSON: logId, position, at, chain, instances (instance, members, version, \
            lastSuccess); sometimes stateHash, stoppedAt; or with --state: logId, position, at, \
            chain, instances (as in instance show, with runs), rememberedCommands; sometimes \
            stateHash, stoppedAt; or with --upload: instance, position, count, bytes, digest, \
            erasedBy; or with --trace, before these, a line for each event: position, at, type; \
            sometimes instance, run, members, version, state.
            """)

    @Option(help: "The last position, or a time such as 2026-11-23T03:00:00Z.")
    var to: LogPoint?

    @Flag(help: "Print the whole state as JSON, people apart.")
    var state = false

    @Flag(help: "Also print the hash of the state.")
    var hash = false

    @Option(help: "Write the list of this audience as it would be sent at that moment.")
    var upload: String?

    @Option(name: .shortAndLong, help: "Where the list goes; - is standard output.")
    var output = "-"

    @Flag(help: "Write the list to a terminal too, or over a file.")
    var force = false

    @Flag(help: "Print each event with what it changed, in counts.")
    var trace = false

    @Option(
        help: ArgumentHelp(
            "Stop behind the first event that is \(LogPredicate.help).", valueName: "predicate"))
    var stopOn: String?

    @Option(help: "The audience that --stop-on is about.")
    var instance: String?

    @OptionGroup var options: LogOptions

    func validate() throws {
        let predicate = try stopOn.map {
            try LogPredicate($0) { "a@example.com" }
        }
        if predicate?.needsInstance == true, instance == nil {
            throw ValidationError("this --stop-on needs --instance")
        }
        if upload != nil, state || hash || trace {
            throw ValidationError("--upload goes without --state, --hash and --trace")
        }
        if upload == nil, output != "-" || force {
            throw ValidationError("--output and --force go with --upload")
        }
    }

    func run() throws {
        let predicate = try stopOn.map { try LogPredicate($0, address: MemberShow.readLine) }
        let reader = try options.reader()
        var lines = LineOutput()
        var replay = Replay()
        // The events that are printed show how far it is.
        try replay.read(reader, to: to, isNoted: !trace && !options.answer.quiet) { step in
            if trace { lines.add(options.answer.json ? step.json.word : step.text) }
            guard let predicate, instance == nil || instance == step.owner else { return false }
            return predicate.holds(step)
        }
        lines.flush()
        if let damage = replay.damage, upload != nil { throw Failure(damage) }
        if predicate != nil, replay.stop == nil, replay.damage == nil {
            throw Failure(.unknown, "no event up to position \(replay.state.position) is that")
        }
        if let upload { return try write(listOf: upload, replay) }
        try show(ReplaySummary(log: reader.log, replay: replay, withHash: hash))
        if let damage = replay.damage { throw Failure(damage) }
    }

    private func show(_ summary: ReplaySummary) throws(Failure) {
        let result = state ? summary.wholeState : summary.json
        if trace, options.answer.json || state { return try Descriptor.output.line(result.word) }
        if state { return try Descriptor.output.line(result.pretty()) }
        try options.answer.show(result) { (trace ? "\n" : "") + summary.text }
    }

    private func write(listOf name: String, _ replay: Replay) throws(Failure) {
        guard let found = InstanceID(name).flatMap({ replay.state[$0] }) else {
            throw Failure(
                .unknown, "there is no audience \(name) at position \(replay.state.position)",
                remedy: "muster log replay lists those there are.")
        }
        let lists = AudienceLists(try options.directory.files(), of: found)
        let summary = try lists.write(
            at: replay.state.position, to: output, isForced: force, isQuiet: options.answer.quiet
        ) { list throws(Failure) in
            ListSummary(
                name: name, audience: list, erasures: try lists.erasures(since: list.position))
        }
        guard output != "-" else { return options.answer.note(summary.text) }
        try options.answer.confirm(summary.json) { summary.text }
    }
}

/// A list that was written.
private struct ListSummary {
    let name: String
    let audience: FrozenAudience
    /// The events that took people out of it since.
    let erasures: [Position]

    var json: JSON {
        [
            "instance": .string(name), "position": .integer(Int64(audience.position)),
            "count": .integer(Int64(audience.count)), "bytes": .integer(Int64(audience.bytes)),
            "digest": .string(audience.digest.hex),
            "erasedBy": .array(erasures.map { .number($0) }),
        ]
    }

    var text: String {
        "\(name) at position \(audience.position): \(audience.count.counted("row")), "
            + "\(Int(audience.bytes).counted("byte")), SHA-256 \(audience.digest.hex)"
            + (erasures.isEmpty ? "" : "\n\(erasureWords)")
    }

    private var erasureWords: String {
        "people were erased from it since, by event "
            + erasures.map { "\($0)" }.joined(separator: ", ")
            + ": it is no longer the list of then"
    }
}
