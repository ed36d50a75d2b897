import MusterClient
import MusterCore

/// What Prometheus is told, from the answers of `status` and `instance.list`.
struct Metrics {
    private var exposition = Exposition()

    var text: String { exposition.text }
    var json: JSON { ["metrics": .array(exposition.metrics)] }

    /// The daemon did not answer.
    init() {
        addUp(0)
    }

    /// `instances` are the rows of `instance.list`.
    init(status: JSONValue, instances: [JSONValue], at now: Timestamp) {
        addUp(1)
        let version = status["version"]?.string ?? ""
        exposition.add(
            "muster_build_info", .gauge, "The daemon's version.",
            [.init(labels: [.init("version", version)], value: .integer(1))])
        add("start_time_seconds", "When the daemon was started.", Self.time(status["startedAt"]))
        addLog(status)
        addLoad(status)
        addAudiences(instances, at: now)
        addRuns(instances)
    }

    private mutating func addUp(_ value: Int) {
        add("up", "Whether the daemon answered when this was written.", .integer(value))
    }

    private mutating func addLog(_ status: JSONValue) {
        add("log_position", "The last durable event of the log.", Self.number(status["position"]))
        add(
            "snapshot_position", "Where the newest snapshot was taken.",
            Self.number(status["snapshot"]?["position"]))
        add(
            "snapshot_timestamp_seconds", "When the newest snapshot was taken.",
            Self.time(status["snapshot"]?["at"]))
        count(
            "commits_total", "Commits to the log since the daemon was started.",
            Self.number(status["commits"]))
        add("log_segments", "Files of the log.", Self.number(status["segments"]))
        add("log_size_bytes", "Bytes of the log in use.", Self.number(status["bytes"]))
        let room = status["room"]
        add(
            "log_free_bytes", "Bytes free where the log lies.", Self.number(room?["bytes"]))
        add(
            "log_daily_growth_bytes", "Bytes by which the log grew a day in the last week.",
            Self.number(room?["bytesADay"]))
        add(
            "log_room_left_seconds", "How long the free bytes last at that growth.",
            Self.days(room?["days"]?.integer))
    }

    private mutating func addLoad(_ status: JSONValue) {
        add("connections", "Open connections of clients.", Self.number(status["connections"]))
        add("streams", "Open streams of clients.", Self.number(status["streams"]))
        add(
            "runs_under_way", "Runs that have begun and not ended.",
            status["runsUnderWay"]?.array.map { .integer($0.count) })
        add(
            "runs_due", "Audiences whose time has come and whose run has not begun.",
            Self.number(status["runsDue"]))
        exposition.add(
            "muster_runs_ended_total", .counter,
            "Runs that ended since the daemon was started, by how they did.",
            (status["runsEnded"]?.object ?? []).compactMap { end in
                end.value.integer.map {
                    .init(labels: [.init("end", end.name)], value: .integer($0))
                }
            })
        exposition.add(
            "muster_longest_stop_seconds", .gauge,
            "The longest time since the daemon was started in which all clients waited for one thing.",
            (status["longestStops"]?.object ?? []).compactMap { stop in
                stop.value.integer.map {
                    .init(labels: [.init("of", stop.name)], value: .millionths($0))
                }
            })
        let rows = status["attention"]?.array ?? []
        exposition.add(
            "muster_attention", .gauge, "What needs a person, as muster doctor lists it.",
            Urgency.allCases.map { urgency in
                .init(
                    labels: [.init("urgency", urgency.rawValue)],
                    value: .integer(rows.count { $0["urgency"]?.string == urgency.rawValue }))
            })
        add("suppressed", "People who are kept out.", Self.number(status["suppressed"]))
    }

    private mutating func addAudiences(_ instances: [JSONValue], at now: Timestamp) {
        add("audiences", "Audiences there are.", .integer(instances.count))
        add("members", "People in an audience.", instances) { Self.number($0["members"]) }
        add("enabled", "Whether an audience is sent.", instances) { row in
            row["enabled"]?.bool.map { .integer($0 ? 1 : 0) }
        }
        add(
            "token_time_left_seconds", "How long an audience's token is good, to the day.",
            instances
        ) { Self.days($0["health"]?["tokenDaysLeft"]?.integer) }
        add(
            "retention_time_left_seconds",
            "How long The Trade Desk keeps the list it has, to the day.", instances
        ) { row in
            guard let kept = row["health"]?["retentionDays"]?.integer,
                let passed = row["health"]?["daysSinceUpload"]?.integer
            else { return nil }
            return Self.days(kept - passed)
        }
        add(
            "last_success_timestamp_seconds", "When the last run that succeeded ended.", instances
        ) { Self.time($0["health"]?["lastSuccessAt"]) }
        add(
            "sync_age_seconds", "How long ago the last run that succeeded ended.", instances
        ) { row in
            guard let text = row["health"]?["lastSuccessAt"]?.string,
                let at = Timestamp(text: text)
            else { return nil }
            return .integer(Int(now.seconds(since: at)))
        }
    }

    private mutating func addRuns(_ instances: [JSONValue]) {
        add(
            "next_sync_timestamp_seconds", "When the next run begins, by the schedule.", instances
        ) { Self.time($0["nextSync"]) }
        exposition.add(
            "muster_last_run", .gauge, "How the last run that ended did: 1 at that end.",
            instances.flatMap { row -> [Exposition.Sample] in
                guard let name = row["instance"]?.string,
                    let end = row["lastSync"]?["state"]?.string
                else { return [] }
                return Self.ends.map {
                    .init(
                        labels: [.init("instance", name), .init("end", $0)],
                        value: .integer($0 == end ? 1 : 0))
                }
            })
    }

    private static let ends = ["succeeded", "failed", "held", "skipped"]
}

extension Metrics {
    private mutating func add(_ name: String, _ help: String, _ value: Exposition.Value?) {
        exposition.add("muster_" + name, .gauge, help, value)
    }

    private mutating func count(_ name: String, _ help: String, _ value: Exposition.Value?) {
        exposition.add("muster_" + name, .counter, help, value)
    }

    /// One sample an audience, where there is a value.
    private mutating func add(
        _ name: String, _ help: String, _ instances: [JSONValue],
        _ value: (JSONValue) -> Exposition.Value?
    ) {
        exposition.add(
            "muster_" + name, .gauge, help,
            instances.compactMap { row in
                guard let instance = row["instance"]?.string, let value = value(row) else {
                    return nil
                }
                return .init(labels: [.init("instance", instance)], value: value)
            })
    }

    private static func number(_ value: JSONValue?) -> Exposition.Value? {
        value?.integer.map { .integer($0) }
    }

    private static func days(_ days: Int?) -> Exposition.Value? {
        days.map { .integer($0.multipliedReportingOverflow(by: 86_400).partialValue) }
    }

    private static func time(_ value: JSONValue?) -> Exposition.Value? {
        value?.string.flatMap { Timestamp(text: $0) }.map { .thousandths(Int($0.milliseconds)) }
    }
}
