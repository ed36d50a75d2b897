import ArgumentParser
import MusterCore
import MusterStore

/// Folds the log into the state that it tells.
struct LogReplay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Show the state that the log tells, without the daemon.")

    @Flag(help: "Also print the hash of the state.")
    var hash = false

    @OptionGroup var options: LogOptions

    func run() throws {
        let reader = try Failure.ofLog { [files = try options.files()] () throws(LogError) in
            try LogReader(files)
        }
        var state = State()
        var chain: Digest?
        try Failure.ofLog { () throws(LogError) in
            try reader.forEach { entry in
                state.apply(entry.event)
                chain = entry.chain
            }
        }
        let summary = Summary(
            log: reader.log, state: state, chain: chain, hash: hash ? StateHash.of(state) : nil)
        try options.show(summary.json) { summary.text }
    }

    private struct Summary {
        let log: LogID?
        let state: State
        let chain: Digest?
        let hash: Digest?

        var json: JSON {
            var members: [(name: String, value: JSON)] = [
                ("logId", log.map { .string($0.text) } ?? .null),
                ("position", .integer(Int64(state.position))),
                ("chain", chain.map { .string($0.hex) } ?? .null),
                ("instances", .array(state.instances.map(Self.json))),
            ]
            if let hash { members.append(("stateHash", .string(hash.hex))) }
            return .object(JSONObject(members))
        }

        var text: String {
            var sheet = Sheet("the state at position \(Int(state.position).grouped)")
            sheet.add("log id", log?.text)
            sheet.add("chain", chain?.hex)
            sheet.add("state hash", hash?.hex)
            var table = Table([
                ("AUDIENCE", .left), ("MEMBERS", .right), ("VERSION", .right),
                ("LAST SUCCESS", .left),
            ])
            for instance in state.instances {
                table.add([
                    instance.id.text, instance.members.count.grouped, Int(instance.version).grouped,
                    instance.lastSuccess.map { "run \($0.id), \($0.date.text)" } ?? "",
                ])
            }
            return sheet.text + (state.instances.isEmpty ? "" : "\n\n" + table.text)
        }

        private static func json(_ instance: InstanceState) -> JSON {
            .object([
                "instance": .string(instance.id.text),
                "members": .integer(Int64(instance.members.count)),
                "version": .integer(Int64(instance.version)),
                "lastSuccess": instance.lastSuccess.map { .integer(Int64($0.id)) } ?? .null,
            ])
        }
    }
}
