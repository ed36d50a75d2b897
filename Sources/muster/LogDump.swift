import ArgumentParser
import Glibc
import MusterCore
import MusterStore

/// Shows the events of a log.
struct LogDump: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Show events of the log, one a line.",
        discussion: """
            Counts stand in place of people unless --identities is given. What cannot be read is told on \
            standard error, the rest is shown, and the exit status is 10.
            """)

    @Option(help: "The first position to show.")
    var from: UInt64 = 1

    @Option(help: "The last position to show.")
    var to: UInt64?

    @Option(help: "Only events of this type, such as membersAdded.")
    var type: String?

    @Option(help: "Only events of this audience.")
    var instance: String?

    @Flag(help: "Show addresses and digests of people.")
    var identities = false

    @OptionGroup var options: LogOptions

    func validate() throws {
        if let type, !RecordType.allCases.contains(where: { "\($0)" == type }) {
            let types = RecordType.allCases.map { "\($0)" }.joined(separator: ", ")
            throw ValidationError("there is no type \(type); the types are \(types)")
        }
        if let to, to < from { throw ValidationError("--to is before --from") }
    }

    func run() throws {
        let files = try options.files()
        let reader = try Failure.ofLog { () throws(LogError) in try LogReader(files) }
        var owners = EventOwners()
        var output = LineOutput()
        var isWhole = true
        try Failure.ofLog { () throws(LogError) in
            try reader.forEach(
                gap: { error in
                    isWhole = false
                    output.flush()
                    Descriptor.error.say("muster: " + error.message.printable)
                },
                { entry in
                    let owner = owners.owner(of: entry)
                    guard shows(entry, owner) else { return }
                    let line = EventLine(entry, instance: owner, withIdentities: identities)
                    output.add(options.json ? line.json : line.text.printable)
                })
        }
        output.flush()
        if !isWhole { throw Failure(.logDamaged) }
    }

    private func shows(_ entry: LogReader.Entry, _ owner: String?) -> Bool {
        guard entry.position >= from, entry.position <= to ?? .max else { return false }
        if let type, "\(RecordType(entry.event.fact))" != type { return false }
        return instance == nil || instance == owner
    }
}

/// Lines that are written some at a time.
private struct LineOutput {
    private var pending = ""

    mutating func add(_ line: String) {
        pending += line
        pending += "\n"
        if pending.utf8.count > 65_536 { flush() }
    }

    /// Writes what is pending; a reader that went away ends the program here, and not after the
    /// whole log.
    mutating func flush() {
        do {
            try Descriptor.output.write(pending)
        } catch {
            for line in error.lines { Descriptor.error.say(line) }
            Glibc.exit(error.status.rawValue)
        }
        pending = ""
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
