import ArgumentParser
import MusterClient

/// Lists all audiences.
struct InstanceList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the audiences.",
        discussion: """
            Examples:
              muster instance list
              muster instance list --json

            JSON: the result of instance.list.
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let instances = try await connection.connect().instances()
        try answer.show(["instances": .array(instances.map(\.json))]) {
            instances.isEmpty ? "no audience yet" : Self.table(instances)
        }
    }

    static func table(_ instances: [Instance]) -> String {
        var table = Table([
            ("INSTANCE", .left), ("MEMBERS", .right), ("REGION", .left),
            ("LAST SYNC (UTC)", .left), ("NEXT SYNC (UTC)", .left),
        ])
        for instance in instances {
            table.add([
                instance.name, instance.members.grouped, instance.region,
                instance.lastSync.map(Self.words) ?? "-",
                instance.isEnabled ? instance.nextSync.map(Self.time) ?? "-" : "disabled",
            ])
        }
        return table.text
    }

    private static func words(_ run: Run) -> String {
        [run.stateWord, (run.endedAt ?? run.startedAt).map(time)].compactMap { $0 }
            .joined(separator: " ")
    }

    private static func time(_ time: String) -> String {
        time.readableTime.replacing(" UTC", with: "")
    }
}
