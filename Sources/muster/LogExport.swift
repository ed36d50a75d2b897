import ArgumentParser
import MusterCore
import MusterStore

/// Writes every event of a log for other programs.
struct LogExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write every event of the log as JSON, one a line.",
        discussion: """
            The fields are those of proto-docs/log.md. Counts stand in place of people unless \
            --identities is given. What cannot be read is told on standard error, the rest is written, \
            and the exit status is 10.

            Examples:
              muster log export --state-directory /var/lib/musterd > events.ndjson

            JSON always, an event a line: position, at, type, segment, offset; sometimes the \
            fields of its type (proto-docs/events.md).
            """)

    @Flag(help: "Write addresses and digests of people too.")
    var identities = false

    @OptionGroup var options: LogOptions

    func run() throws {
        try EventListing(options).write { entry, owner in
            EventLine(entry, instance: owner, withIdentities: identities).json
        }
    }
}

/// The events of a log that can be read, as lines.
struct EventListing {
    private let reader: LogReader
    private let answer: AnswerOptions

    init(_ options: LogOptions) throws(Failure) {
        reader = try options.reader()
        answer = options.answer
    }

    /// Writes the lines that `line` makes of events and their audiences, and tells what could not
    /// be read.
    func write(_ line: (LogReader.Entry, _ owner: String?) -> String?) throws(Failure) {
        var owners = EventOwners()
        var output = LineOutput()
        var (isWhole, last, count) = (true, Position(0), 0)
        try Failure.ofLog { () throws(LogError) in
            try reader.forEach(
                gap: { error in
                    isWhole = false
                    output.flush()
                    Descriptor.error.say("muster: " + error.message.asMessage.printable)
                },
                { entry in
                    last = entry.position
                    guard let text = line(entry, owners.owner(of: entry)) else { return }
                    count += 1
                    output.add(text)
                })
        }
        output.flush()
        if count == 0 { answer.note("no event is shown; the log ends at position \(last)") }
        if !isWhole { throw Failure(.logDamaged) }
    }
}

/// Which audience an event is about, by what was read so far.
struct EventOwners {
    private var names: [InstanceNumber: String] = [:]
    private var runs: [RunID: InstanceNumber] = [:]

    mutating func owner(of entry: LogReader.Entry) -> String? {
        let fact = entry.event.fact
        if case .instanceConfigured(let configured) = fact, let name = configured.created {
            names[configured.instance] = name.text
        }
        if case .syncRequested(let requested) = fact { runs[entry.position] = requested.instance }
        let number = fact.instance ?? fact.run.flatMap { runs[$0] }
        return number.map { names[$0] ?? "#\($0)" }
    }
}
