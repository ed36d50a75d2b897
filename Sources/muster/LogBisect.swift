import ArgumentParser
import MusterCore
import MusterStore

/// Finds the event since which something is true of an audience.
struct LogBisect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect",
        abstract: "Find the event since which something is true of an audience.",
        discussion: """
            The answer is the last event that made it true, so that what became true, false and true \
            again is found as it lasts. Where it is not true at the end, the exit status is 5, and what \
            is told is the event that ended it, if it was ever true. It reads the log once.

            "member" means that this person is in the list, "members" its size, "version" that this \
            version or a later one was made, "type" that an event of the type has occurred.

            Examples:
              muster log bisect spring 'members < 100' --state-directory /var/lib/musterd
              muster log bisect spring 'member -' --state-directory /var/lib/musterd < address.txt

            JSON: position, at, type; sometimes instance, run, members (from, to), version \
            (from, to), state (from, to).
            """)

    @Argument(help: "The audience.")
    var instance: String

    @Argument(help: ArgumentHelp("What is to be true: \(LogPredicate.help)."))
    var predicate: String

    @Option(help: "Look up to this position, or a time such as 2026-11-23T03:00:00Z.")
    var to: LogPoint?

    @OptionGroup var options: LogOptions

    func validate() throws {
        _ = try LogPredicate(predicate) { "a@example.com" }
    }

    func run() throws {
        let predicate = try LogPredicate(predicate, address: MemberShow.readLine)
        var replay = Replay()
        var turn = Turn()
        let isNoted = !options.answer.quiet
        try replay.read(try options.reader(), to: to, isNoted: isNoted) { step in
            if step.owner == instance { turn.take(step, predicate) }
            return false
        }
        if let damage = replay.damage { throw Failure(damage) }
        guard InstanceID(instance).flatMap({ replay.state[$0] }) != nil else {
            throw Failure(
                .unknown, "there is no audience \(instance) at position \(replay.state.position)",
                remedy: "muster log replay lists those there are.")
        }
        guard let since = turn.since else {
            let end = turn.until.map { "it ended with\n" + $0.text } ?? "it never was"
            throw Failure(.unknown, "that is not so at position \(replay.state.position); \(end)")
        }
        try options.answer.show(since.json) { since.text }
    }
}

/// Since which event something is true, or which one ended it, as far as the events went.
struct Turn {
    private(set) var since: ReplayStep?
    private(set) var until: ReplayStep?

    /// Takes the audience's next event.
    mutating func take(_ step: ReplayStep, _ predicate: LogPredicate) {
        guard let isTrue = predicate.isTrue(after: step), isTrue != (since != nil) else { return }
        (since, until) = isTrue ? (step, nil) : (nil, step)
    }
}
