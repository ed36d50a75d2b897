import ArgumentParser
import MusterClient

/// Says what a sync would send.
struct SyncPlan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Say what a sync would send now, and what would stop it.",
        discussion: """
            Examples:
              muster sync plan acme-us

            JSON: the result of sync.plan.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let plan = try await connection.connect().plan(instance)
        try answer.show(plan.json) { plan.sheet(instance) }
    }
}

extension Plan {
    fileprivate func sheet(_ instance: String) -> String {
        var sheet = Sheet("\(instance), sent now")
        sheet.add("members", count.grouped)
        let since = lastSuccess.map { " since run \($0)" } ?? ""
        sheet.add("added", added.map { $0.grouped + since })
        sheet.add("removed", removed.map { $0.grouped + since })
        sheet.add("last sent", lastSuccess == nil ? "nothing yet" : nil)
        sheet.add("file", bytes?.size)
        sheet.add("digest", digest)
        sheet.add("position", position.grouped)
        sheet.add(
            "stopped by",
            stop.map { stop in
                let meaning = RunEnd.meaning(of: stop.reason) ?? stop.message.asMessage
                return "\(stop.reason) (\(stop.state)): \(meaning)"
            } ?? "nothing")
        sheet.add("remedy", stop.map { RunEnd.remedy(of: $0.reason, in: instance) ?? $0.remedy })
        return sheet.text
    }
}
