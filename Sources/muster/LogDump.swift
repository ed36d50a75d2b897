import ArgumentParser
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

            Examples:
              muster log dump --from 4711 --state-directory /var/lib/musterd
              muster log dump --type syncFailed --json --state-directory /var/lib/musterd

            JSON, an event a line: position, at, type, segment, offset; sometimes the fields of \
            its type (proto-docs/events.md).
            """)

    @Option(help: "The first position to show.")
    var from: UInt64 = 1

    @Option(help: "The last position to show.")
    var to: UInt64?

    @Option(
        help:
            "Only events of this time by the host's clock, or later, such as 2026-11-23T03:00:00Z.")
    var since: LogTime?

    @Option(help: "Only events of this time or earlier.")
    var until: LogTime?

    @Option(help: "Only events of this type, such as membersAdded.")
    var type: String?

    @Option(help: "Only events of this audience.")
    var instance: String?

    @Flag(help: "Show addresses and digests of people.")
    var identities = false

    @OptionGroup var options: LogOptions

    func validate() throws {
        _ = try wantedType()
        if let to, to < from { throw ValidationError("--to is before --from") }
        if let since, let until, until.timestamp < since.timestamp {
            throw ValidationError("--until is before --since")
        }
    }

    func run() throws {
        let wanted = try wantedType()
        try EventListing(options).write { entry, owner in
            let type = entry.event.fact.type
            guard wanted ?? type == type, shows(entry, owner) else { return nil }
            let line = EventLine(entry, instance: owner, withIdentities: identities)
            return options.answer.json ? line.json : line.text.printable
        }
    }

    private func wantedType() throws -> EventType? {
        try type.map { try EventType.named($0) }
    }

    private func shows(_ entry: LogReader.Entry, _ owner: String?) -> Bool {
        guard entry.position >= from, entry.position <= to ?? .max else { return false }
        let at = entry.event.at
        guard at >= since?.timestamp ?? at, at <= until?.timestamp ?? at else { return false }
        return instance == nil || instance == owner
    }
}
