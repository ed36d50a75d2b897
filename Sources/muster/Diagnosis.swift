import MusterClient

/// What the doctor found, line by line.
struct Diagnosis {
    /// How a line stands; a whole diagnosis stands as its worst line does.
    enum Level: String, Comparable {
        case ok
        case warn
        case bad

        static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .ok: 0
            case .warn: 1
            case .bad: 2
            }
        }
    }

    /// One line.
    struct Finding {
        let level: Level
        /// What was looked at.
        let check: String
        var instance: String?
        var run: Int?
        let message: String
        var remedy: String?
    }

    private(set) var findings: [Finding] = []

    /// What each check looks at, by the kinds of the daemon, and how it reads where there is none.
    private static let checks: [(name: String, kinds: Set<String>, allWell: String)] = [
        (
            "runs", ["held", "failed", "skipped", "unsent"],
            "every audience was sent, and no run is held, failed or skipped"
        ),
        ("schedules", ["schedule", "zone"], "every audience has its time of day"),
        ("credentials", ["credential", "token"], "every token can be read and has time left"),
        ("retention", ["upload"], "no list at The Trade Desk is near its end"),
    ]

    /// The daemon answered.
    init(_ status: JSONValue) {
        let position = status["position"]?.integer?.grouped ?? "?"
        let audiences = status["instances"]?.integer?.counted("audience") ?? "?"
        findings = [
            Finding(
                level: .ok, check: "daemon",
                message: "musterd \(status["version"]?.string ?? "?") answers, at position "
                    + "\(position) with \(audiences)")
        ]
        let rows = status["attention"]?.array ?? []
        for check in Self.checks {
            let found = rows.filter { check.kinds.contains($0["what"]?.string ?? "") }
            findings += found.map { Finding($0, check.name) }
            guard found.isEmpty else { continue }
            findings.append(Finding(level: .ok, check: check.name, message: check.allWell))
        }
        // What a later daemon finds besides is told too.
        let known = Self.checks.reduce(into: Set<String>()) { $0.formUnion($1.kinds) }
        findings += rows.filter { !known.contains($0["what"]?.string ?? "") }.map {
            Finding($0, $0["what"]?.string ?? "other")
        }
    }

    /// The daemon did not answer.
    init(_ error: ClientError) {
        findings = [
            Finding(level: .bad, check: "daemon", message: error.message, remedy: error.remedy)
        ]
    }

    var level: Level { findings.map(\.level).max() ?? .ok }

    var json: JSONValue {
        ["level": .string(level.rawValue), "findings": .array(findings.map(\.json))]
    }

    /// The lines for people, all of them or only those that are not well.
    func text(onlyTrouble: Bool) -> String {
        var table = Table([("", .left), ("", .left), ("", .left)])
        for finding in findings where !onlyTrouble || finding.level > .ok {
            table.add([finding.level.rawValue, finding.check, finding.words])
            if let remedy = finding.remedy, !remedy.isEmpty { table.add(["", "", "  " + remedy]) }
        }
        return table.text
    }
}

extension Diagnosis.Finding {
    /// A row of what needs attention; one without an urgency is of an older daemon.
    fileprivate init(_ row: JSONValue, _ check: String) {
        self.init(
            level: row["urgency"]?.string == "bad" ? .bad : .warn, check: check,
            instance: row["instance"]?.string, run: row["run"]?.integer,
            message: row["message"]?.string ?? "", remedy: row["remedy"]?.string)
    }

    fileprivate var words: String {
        let place = [instance, run.map { "run \($0)" }].compactMap { $0 }.joined(separator: ", ")
        return place.isEmpty ? message : "\(place): \(message)"
    }

    fileprivate var json: JSONValue {
        let values: [(name: String, value: JSONValue?)] = [
            ("level", .string(level.rawValue)), ("check", .string(check)),
            ("instance", instance.map { .string($0) }), ("run", run.map { .integer($0) }),
            ("message", .string(message)), ("remedy", remedy.map { .string($0) }),
        ]
        return .object(
            values.compactMap { name, value in
                value.map { JSONValue.Member(name: name, value: $0) }
            })
    }
}
