import ArgumentParser

/// Sends an audience now.
struct SyncNow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "now", abstract: "Send an audience now.",
        discussion: """
            With --wait, prints each step as it is taken, on a terminal with a bar while the list is \
            uploaded, and exits 0 when the audience was sent, 6 when it was held or skipped, 9 when it \
            failed. Ctrl-C ends the waiting and not the run.

            Examples:
              muster sync now acme-us --wait
              muster sync now acme-us --wait --quiet || muster doctor

            JSON: run; or with --wait: the result of sync.show.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @OptionGroup var options: SyncOptions

    func run() async throws {
        try await options.begin(instance)
    }
}
