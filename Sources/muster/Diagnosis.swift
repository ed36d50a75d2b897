import MusterClient

/// What the doctor found, line by line.
struct Diagnosis {
    private(set) var findings: [Finding] = []

    /// What each check looks at, by the kinds of the daemon, and how it reads where there is none.
    private static let checks: [(topic: Topic, kinds: Set<String>, allWell: String)] = [
        (
            .runs, ["held", "failed", "skipped", "unsent"],
            "every audience was sent, and no run is held, failed or skipped"
        ),
        (.schedules, ["schedule", "zone"], "every audience has its time of day"),
        (.credentials, ["credential", "token"], "every token can be read and has time left"),
        (.retention, ["upload"], "no list at The Trade Desk is near its end"),
    ]

    /// Lines that were found elsewhere.
    init(_ findings: [Finding] = []) {
        self.findings = findings
    }

    /// The daemon answered.
    init(_ status: JSONValue) {
        let position = status["position"]?.integer?.grouped ?? "?"
        let audiences = status["instances"]?.integer?.counted("audience") ?? "?"
        findings = [
            .ok(
                .daemon,
                "musterd \(status["version"]?.string ?? "?") answers, at position "
                    + "\(position) with \(audiences)")
        ]
        let rows = status["attention"]?.array ?? []
        for check in Self.checks {
            let found = rows.filter { check.kinds.contains($0["what"]?.string ?? "") }
            findings += found.map { Finding($0, check.topic.rawValue) }
            guard found.isEmpty else { continue }
            findings.append(.ok(check.topic, check.allWell))
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
            Finding(
                level: .bad, check: Topic.daemon.rawValue, message: error.messageInVerbs,
                remedy: error.remedyInVerbs)
        ]
    }

    mutating func add(_ more: [Finding]) { findings += more }

    mutating func add(_ more: Diagnosis) { findings += more.findings }

    /// Leaves out what was asked to be left out.
    mutating func leaveOut(_ topics: [Topic]) {
        let names = Set(topics.map(\.rawValue))
        findings.removeAll { names.contains($0.check) }
    }

    var level: Finding.Level { findings.map(\.level).max() ?? .ok }

    /// Whether something is bad there.
    func isBad(_ topic: Topic) -> Bool {
        findings.contains { $0.check == topic.rawValue && $0.level == .bad }
    }

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

extension Finding {
    /// A row of what needs attention; one without an urgency is of an older daemon.
    fileprivate init(_ row: JSONValue, _ check: String) {
        self.init(
            level: row["urgency"]?.string == "bad" ? .bad : .warn, check: check,
            instance: row["instance"]?.string, run: row["run"]?.integer,
            message: row.messageInVerbs, remedy: row.remedyInVerbs)
    }
}
