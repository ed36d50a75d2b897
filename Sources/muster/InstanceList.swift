import ArgumentParser
import MusterClient

/// Lists all audiences.
struct InstanceList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the audiences.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let instances = try await connection.connect().instances()
        try connection.show(["instances": .array(instances.map(\.json))]) {
            instances.isEmpty ? "no audience yet" : Self.table(instances)
        }
    }

    static func table(_ instances: [Instance]) -> String {
        var table = Table([
            ("INSTANCE", .left), ("MEMBERS", .right), ("REGION", .left), ("SYNCS", .left),
            ("LAST SYNC", .left), ("NEXT SYNC", .left),
        ])
        for instance in instances {
            table.add([
                instance.name, instance.members.grouped, instance.region,
                instance.isEnabled ? "enabled" : "disabled",
                instance.lastSync.map { "\($0.stateWord) \($0.date ?? "")" } ?? "-",
                instance.nextSync?.readableTime ?? "-",
            ])
        }
        return table.text
    }
}
