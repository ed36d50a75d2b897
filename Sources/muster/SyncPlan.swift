import ArgumentParser
import MusterClient

/// Says what a sync would send.
struct SyncPlan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Say what a sync would send now, and what would stop it.")

    @Argument(help: "The audience's name.")
    var instance: String

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let plan = try await connection.connect().plan(instance)
        try connection.show(plan.json) { plan.sheet(instance) }
    }
}

extension Plan {
    fileprivate func sheet(_ instance: String) -> String {
        var sheet = Sheet("\(instance), sent now")
        sheet.add("members", count.grouped)
        sheet.add("added", added.map { "\($0.grouped)\(since)" })
        sheet.add("removed", removed.map { "\($0.grouped)\(since)" })
        sheet.add("file", bytes?.size)
        sheet.add("digest", digest)
        sheet.add("position", position.grouped)
        sheet.add(
            "stopped by", stop.map { "\($0.reason) (\($0.state)): \($0.message)" } ?? "nothing")
        sheet.add("remedy", stop.map { RunEnd.remedy(of: $0.reason, in: instance) ?? $0.remedy })
        return sheet.text
    }

    private var since: String { lastSuccess.map { " since run \($0)" } ?? "; nothing was sent yet" }
}
