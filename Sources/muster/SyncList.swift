import ArgumentParser
import MusterClient

/// Lists the runs of an audience.
struct SyncList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the runs of an audience, newest first.",
        discussion: """
            Examples:
              muster sync list acme-us

            JSON: the result of sync.list.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let runs = try await connection.connect().runs(of: instance)
        try answer.show(["runs": .array(runs.map(\.json))]) {
            runs.isEmpty ? "no run yet" : Self.table(runs)
        }
    }

    static func table(_ runs: [Run]) -> String {
        var table = Table([
            ("RUN", .right), ("DATE", .left), ("STATE", .left), ("WHY", .left), ("CAUSE", .left),
            ("MEMBERS", .right), ("ADDED", .right), ("REMOVED", .right), ("ENDED", .left),
        ])
        for run in runs {
            table.add([
                String(run.id), run.date ?? "-", run.stateWord,
                run.reason ?? run.failureClass ?? "-", run.cause ?? "-",
                run.count?.grouped ?? "-", run.added?.grouped ?? "-", run.removed?.grouped ?? "-",
                run.endedAt?.readableTime ?? "-",
            ])
        }
        return table.text
    }
}
