import ArgumentParser
import MusterCore
import MusterStore

/// Says what became of the state between two moments.
struct LogDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show who came, who went and what was configured between two moments.",
        discussion: """
            Who came and went again in between is in neither. Counts stand in place of people unless \
            --identities is given. Of a damaged log nothing is compared, and the exit status is 10.

            Examples:
              muster log diff 4711 5121 --state-directory /var/lib/musterd
              muster log diff 2026-11-23 2026-11-24 --state-directory /var/lib/musterd

            JSON: from, to, instances (instance, created, version (from, to), members (from, \
            to), added, removed, configured, runs (run, state); sometimes came, went).
            """)

    @Argument(help: "The earlier position, or a time such as 2026-11-23T03:00:00Z.")
    var earlier: LogPoint

    @Argument(help: "The later position or time.")
    var later: LogPoint

    @Flag(help: "List digests and addresses of people.")
    var identities = false

    @OptionGroup var options: LogOptions

    func run() throws {
        let reader = try options.reader()
        let before = try state(of: reader, at: earlier)
        let after = try state(of: reader, at: later)
        guard before.position <= after.position else {
            throw Failure.misuse(
                "position \(before.position) is not before position \(after.position)",
                remedy: "Name the earlier moment first.")
        }
        let instances = after.instances.compactMap { instance in
            InstanceDifference(from: before[instance.id], to: instance)
        }
        let json: JSON = [
            "from": .number(before.position), "to": .number(after.position),
            "instances": .array(instances.map { $0.json(withIdentities: identities) }),
        ]
        try options.answer.show(json) {
            instances.isEmpty
                ? "nothing changed from position \(before.position) to \(after.position)"
                : instances.map { $0.text(withIdentities: identities) }.joined(separator: "\n\n")
        }
    }

    private func state(of reader: LogReader, at point: LogPoint) throws(Failure) -> State {
        var replay = Replay()
        try replay.read(reader, to: point)
        if let damage = replay.damage { throw Failure(damage) }
        return replay.state
    }
}
