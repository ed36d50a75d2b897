import ArgumentParser
import MusterClient

/// Sends an audience now.
struct SyncNow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "now", abstract: "Send an audience now.",
        discussion: """
            With --wait, prints each step as it is taken and exits 0 when the audience was sent, 6 \
            when it was held or skipped, 9 when it failed.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @Flag(help: "Wait until the run has ended.")
    var wait = false

    @Flag(help: "Send it though it was sent within the last hour.")
    var again = false

    @Option(help: "Let the held run of this number go on, with --expect-count.")
    var approve: Int?

    @Option(help: "How many members the approved run was seen to send.")
    var expectCount: Int?

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if (approve == nil) != (expectCount == nil) {
            throw ValidationError("--approve and --expect-count go together.")
        }
    }

    func run() async throws {
        let muster = try await connection.connect()
        let approval = approve.flatMap { run in
            expectCount.map { Approval(run: run, count: $0) }
        }
        guard wait else {
            let id = try await muster.syncNow(instance, again: again, approving: approval)
            return try connection.show(["run": .integer(id)]) {
                "run \(id) of \(instance) is requested; muster sync show \(id) says how it fares"
            }
        }
        var said: String?
        for try await progress in muster.sync(instance, again: again, approving: approval) {
            switch progress {
            case .requested: continue
            case .changed(let run): try show(run, &said)
            case .ended(let run):
                if connection.json { try Descriptor.output.line(run.json.prettyText) }
                try show(run, &said)
                if let failure = Failure(endOf: run) { throw failure }
            }
        }
    }

    /// Prints a line where there is something new for people.
    private func show(_ run: Run, _ said: inout String?) throws(Failure) {
        guard !connection.json, run.progress != said else { return }
        said = run.progress
        try Descriptor.output.line(run.progress)
    }
}
