import ArgumentParser
import MusterClient

/// Lets a held list go on.
struct SyncApprove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Send an audience whose last run was held.",
        discussion: """
            Begins a new run with the audience as it stands, and lifts only the guard that held run \
            --run. The list may be no further from the last success than the one that was held; \
            otherwise it is held again. Look at muster sync plan first.

            The exit status is that of muster sync now: with --wait 0 when the audience was sent, 6 \
            when it was held or skipped, 9 when it failed; without, 6 where the run is not held any \
            more or the count is another.

            Examples:
              muster sync approve acme-us --run 4711 --expect-count 120345 --wait

            JSON: run; or with --wait: the result of sync.show.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @Option(help: "The number of the held run.")
    var run: Int

    @Option(help: "How many members it would have sent, as muster sync show says.")
    var expectCount: Int

    @OptionGroup var options: SyncOptions

    func run() async throws {
        try await options.begin(instance, approving: Approval(run: run, count: expectCount))
    }
}
