import MusterCore

/// The state at a moment, for people and programs.
struct ReplaySummary {
    private let log: LogID?
    private let replay: Replay
    private let hash: Digest?

    init(log: LogID?, replay: Replay, withHash: Bool) {
        self.log = replay.state.adopted ?? log
        self.replay = replay
        hash = withHash ? StateHash.of(replay.state) : nil
    }

    private var state: State { replay.state }

    /// Positions and counts.
    var json: JSON { json(instances: state.instances.map(Self.json)) }

    /// All there is but people: settings, segments and runs too.
    var wholeState: JSON {
        let now = replay.at ?? Timestamp(milliseconds: 0)
        let instances = state.instances.map { instance in
            let shown = state.json(
                of: instance, Surroundings(now: now, nextSync: nil, tokenDaysLeft: nil))
            // These two depend on what is outside the log.
            var members = (shown.object?.members ?? []).filter {
                $0.name != "nextSync" && $0.name != "health"
            }
            members += [
                ("scheduledSince", .text(instance.scheduledSince?.text)),
                ("lastUploadAt", .text(instance.lastUploadAt?.text)),
                ("lastSuccess", .number(instance.lastSuccess?.id)),
                ("runs", state.runs(of: instance).object?["runs"] ?? .null),
            ]
            return JSON.object(JSONObject(members))
        }
        var commands = 0
        state.receipts.forEach { _, _ in commands += 1 }
        return json(instances: instances, ("rememberedCommands", .number(commands)))
    }

    var text: String {
        var sheet = Sheet("the state at position \(Int(state.position).grouped)")
        sheet.add("stopped at", replay.stop?.text)
        sheet.add("last event", replay.at?.text.readableTime)
        sheet.add("log id", log?.text)
        sheet.add("chain", replay.chain?.hex)
        sheet.add("state hash", hash?.hex)
        var table = Table([
            ("AUDIENCE", .left), ("MEMBERS", .right), ("VERSION", .right), ("LAST SUCCESS", .left),
        ])
        for instance in state.instances {
            table.add([
                instance.id.text, instance.members.count.grouped, Int(instance.version).grouped,
                instance.lastSuccess.map { "run \($0.id), \($0.date.text)" } ?? "",
            ])
        }
        return sheet.text + (state.instances.isEmpty ? "" : "\n\n" + table.text)
    }

    private func json(instances: [JSON], _ more: (name: String, value: JSON)...) -> JSON {
        var members: [(name: String, value: JSON)] = [
            ("logId", .text(log?.text)), ("position", .integer(Int64(state.position))),
            ("at", .text(replay.at?.text)), ("chain", .text(replay.chain?.hex)),
            ("instances", .array(instances)),
        ]
        members += more
        if let hash { members.append(("stateHash", .string(hash.hex))) }
        if let stop = replay.stop { members.append(("stoppedAt", stop.json)) }
        return .object(JSONObject(members))
    }

    private static func json(_ instance: InstanceState) -> JSON {
        .object([
            "instance": .string(instance.id.text), "members": .number(instance.members.count),
            "version": .number(instance.version), "lastSuccess": .number(instance.lastSuccess?.id),
        ])
    }
}
