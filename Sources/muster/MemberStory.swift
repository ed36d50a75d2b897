import MusterClient

/// Why someone is in an audience or not, and which uploads held them.
///
/// It names no address and no digest: whoever asks knows whom they asked about.
struct MemberStory {
    /// So many uploads are listed for people; JSON has them all.
    private static let mostListed = 20
    /// The daemon keeps so many runs of an audience.
    private static let mostRuns = 1000

    private let instance: String
    private let history: MemberHistory
    private let runs: [Run]
    private let userName: (Int) -> String?

    /// `runs` are the newest first, and none of them is younger than the history.
    init(
        instance: String, history: MemberHistory, runs: [Run], userName: @escaping (Int) -> String?
    ) {
        self.instance = instance
        self.history = history
        self.runs = runs
        self.userName = userName
    }

    /// Whether the list of a position held them; nil where the events that tell are too old to be
    /// told.
    func held(at position: Int) -> Bool? {
        guard let last = history.events.first(where: { $0.position <= position }) else {
            return history.isTruncated ? nil : false
        }
        return last.event == "membersAdded"
    }

    private var sent: [Run] { runs.filter { $0.state == .succeeded } }

    /// Those that sent a list with them in it, the newest first.
    private var uploads: [Run] {
        sent.filter { $0.position.map(held) == .some(true) }
    }

    /// The run that is sending a list with them in it now.
    private var underWay: Run? {
        runs.first { $0.state == .running && $0.position.map(held) == .some(true) }
    }

    var text: String {
        var lines = [now]
        if history.isTruncated { lines.append("More happened before; the log has it.") }
        lines += history.events.reversed().map(sentence)
        lines.append(lastUpload)
        if let underWay {
            lines.append("Run \(underWay.id) is sending a list with them in it now.")
        }
        lines += listed
        if runs.count >= Self.mostRuns {
            lines.append(
                "Only the last \(Self.mostRuns.grouped) runs were looked at; the log has all.")
        }
        return lines.joined(separator: "\n")
    }

    private var now: String {
        if history.events.isEmpty {
            return history.isMember
                ? "They are in \(instance)."
                : "They are not in \(instance), and nothing says that they ever were. "
                    + "Someone who was erased leaves no trace."
        }
        return "They are \(history.isMember ? "" : "not ")in \(instance)."
    }

    private func sentence(_ event: MemberHistory.Event) -> String {
        let (did, command) =
            switch event.event {
            case "membersAdded": ("they came in", "member.add")
            case "membersRemoved": ("they went out", "member.remove")
            case "instanceRetired": ("everybody went out", "instance.retire")
            default: ("\(event.event)", "a command")
            }
        let others = event.members.map {
            $0 > 1 ? ", with \(($0 - 1).counted("other"))" : ", alone"
        }
        return "\(event.at.readableTime): \(did) by \(command)\(others ?? ""), "
            + "asked for by \(words(event.actor)) (event \(event.position)\(id(event)))."
    }

    private func id(_ event: MemberHistory.Event) -> String {
        guard let id = event.commandId else { return "" }
        return ", command \(id)" + (CommandOrigin(commandId: id).map { " of \($0.kind)" } ?? "")
    }

    private func words(_ actor: MemberHistory.Actor?) -> String {
        guard let actor else { return "the daemon" }
        let numbers = "uid \(actor.uid), gid \(actor.gid), pid \(actor.pid)"
        return userName(actor.uid).map { "\($0) (\(numbers))" } ?? numbers
    }

    private var lastUpload: String {
        guard let last = sent.first else { return "No list was sent yet." }
        let when = last.endedAt.map { " of \($0.readableTime)" } ?? ""
        switch last.position.map(held) ?? nil {
        case true?:
            return "The last upload, run \(last.id)\(when), held them"
                + (uploads.count == 1 ? "; no earlier one that is remembered did." : ".")
        case false?:
            return "The last upload, run \(last.id)\(when), did not hold them"
                + (uploads.isEmpty ? ", and no earlier one that is remembered did" : "")
                + ". An upload replaces the whole list."
        case nil: return "Whether the last upload, run \(last.id)\(when), held them is not told."
        }
    }

    private var listed: [String] {
        // Of a single one that was the last everything is said.
        guard let newest = uploads.first, uploads.count > 1 || newest.id != sent.first?.id else {
            return []
        }
        let count = uploads.count.counted("upload")
        var table = Table([
            ("RUN", .right), ("DATE", .left), ("SENT", .left), ("POSITION", .right),
            ("MEMBERS", .right),
        ])
        for run in uploads.prefix(Self.mostListed) {
            table.add([
                String(run.id), run.date ?? "-", run.endedAt?.readableTime ?? "-",
                run.position.map { String($0) } ?? "-", run.count?.grouped ?? "-",
            ])
        }
        let rest = uploads.count - Self.mostListed
        let more = rest > 0 ? ["\(rest.grouped) older; --json lists them all."] : []
        return ["\(count) held them:", "", table.text] + more
    }
}

extension MemberStory {
    var json: JSONValue {
        let last = sent.first
        return [
            "instance": .string(instance), "member": .bool(history.isMember),
            "history": .array(history.events.map(json)),
            "truncated": .bool(history.isTruncated),
            "uploads": .array(uploads.map(Self.json)),
            "lastUpload": last.map {
                ["run": .integer($0.id), "held": Self.word($0.position.map(held))]
            } ?? .null,
            "underWay": underWay.map { .integer($0.id) } ?? .null,
            "runsLookedAt": .integer(runs.count),
        ]
    }

    private func json(_ event: MemberHistory.Event) -> JSONValue {
        [
            "position": .integer(event.position), "at": .string(event.at),
            "event": .string(event.event),
            "actor": event.actor.map {
                ["uid": .integer($0.uid), "gid": .integer($0.gid), "pid": .integer($0.pid)]
            } ?? "daemon",
            "user": event.actor.flatMap { userName($0.uid) }.map { .string($0) } ?? .null,
            "members": event.members.map { .integer($0) } ?? .null,
            "commandId": event.commandId.map { .string($0) } ?? .null,
            "origin": event.commandId.flatMap { CommandOrigin(commandId: $0) }?.json ?? .null,
        ]
    }

    private static func json(_ run: Run) -> JSONValue {
        [
            "run": .integer(run.id), "date": run.date.map { .string($0) } ?? .null,
            "position": run.position.map { .integer($0) } ?? .null,
            "count": run.count.map { .integer($0) } ?? .null,
            "digest": run.digest.map { .string($0) } ?? .null,
            "endedAt": run.endedAt.map { .string($0) } ?? .null,
        ]
    }

    private static func word(_ held: Bool??) -> JSONValue {
        (held ?? nil).map { .bool($0) } ?? .null
    }
}

extension CommandOrigin {
    fileprivate var json: JSONValue {
        switch self {
        case .importing(let id, let chunk):
            ["kind": "import", "id": .string(id), "chunk": .integer(chunk)]
        case .restoring(let position, let id, let chunk):
            [
                "kind": "restore", "id": .string(id), "chunk": .integer(chunk),
                "position": .integer(Int(clamping: position)),
            ]
        }
    }
}
