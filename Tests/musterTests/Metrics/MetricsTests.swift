import MusterClient
import MusterCore
import Testing

@testable import muster

@Suite struct `The exposition format` {
    @Test func `has a help, a type and a line for each sample`() {
        var exposition = Exposition()
        exposition.add(
            "a_total", .counter, "What\\is\n\"it\".",
            [
                .init(labels: [.init("x", "a\\b\"c\nd"), .init("y", "é")], value: .integer(-3)),
                .init(labels: [.init("x", "")], value: .thousandths(1_795_435_200_007)),
                .init(value: .millionths(-12)),
            ])
        #expect(
            exposition.text == """
                # HELP a_total What\\\\is\\n"it".
                # TYPE a_total counter
                a_total{x="a\\\\b\\"c\\nd",y="é"} -3
                a_total{x=""} 1795435200.007
                a_total -0.000012

                """)
    }

    @Test func `leaves out what has no value`() {
        var exposition = Exposition()
        exposition.add("a", .gauge, "Nothing.", nil)
        exposition.add("b", .gauge, "Nothing.", [])
        #expect(exposition.text.isEmpty)
    }
}

@Suite struct `The metrics` {
    private static let noon = Timestamp(milliseconds: 1_795_435_200_000)

    private static let status: JSONValue = [
        "version": "0.1.0", "startedAt": "2026-11-23T11:00:00.250Z", "position": 9004,
        "segments": 2, "bytes": 4096, "commits": 31,
        "room": ["bytes": 1000, "bytesADay": 10, "days": 100],
        "snapshot": ["position": 8800, "at": "2026-11-22T03:00:12.345Z"],
        "longestStops": ["frame": 2140, "commit": 0],
        "connections": 3, "streams": 1, "suppressed": 4,
        "runsUnderWay": [["instance": "acme", "run": 5, "step": "upload"]], "runsDue": 2,
        "runsEnded": ["succeeded": 7, "failed": 1, "held": 0, "skipped": 0],
        "attention": [["urgency": "bad"], ["urgency": "warn"], ["urgency": "bad"]],
    ]

    private static let acme: JSONValue = [
        "instance": "acme", "enabled": true, "members": 2107,
        "lastSync": ["state": "held"], "nextSync": "2026-11-24T08:07:00.000Z",
        "health": [
            "daysSinceUpload": 3, "retentionDays": 180, "tokenDaysLeft": -2,
            "lastSuccessAt": "2026-11-23T11:59:00.000Z",
        ],
    ]

    private static let fresh: JSONValue = [
        "instance": "fresh", "enabled": false, "members": 0, "lastSync": nil, "nextSync": nil,
        "health": [
            "daysSinceUpload": nil, "retentionDays": 180, "tokenDaysLeft": nil,
            "lastSuccessAt": nil,
        ],
    ]

    private let lines = Set(
        Metrics(status: status, instances: [acme, fresh], at: noon).text
            .split(separator: "\n").map { String($0) })

    @Test(arguments: [
        "muster_up 1", #"muster_build_info{version="0.1.0"} 1"#,
        "muster_start_time_seconds 1795431600.250", "muster_log_position 9004",
        "muster_snapshot_position 8800", "muster_snapshot_timestamp_seconds 1795316412.345",
        "muster_commits_total 31", "muster_log_segments 2", "muster_log_size_bytes 4096",
        "muster_log_free_bytes 1000", "muster_log_daily_growth_bytes 10",
        "muster_log_room_left_seconds 8640000", "muster_connections 3", "muster_streams 1",
        "muster_runs_under_way 1", "muster_runs_due 2",
        #"muster_runs_ended_total{end="succeeded"} 7"#,
        #"muster_runs_ended_total{end="failed"} 1"#,
        #"muster_longest_stop_seconds{of="frame"} 0.002140"#,
        #"muster_attention{urgency="bad"} 2"#, #"muster_attention{urgency="warn"} 1"#,
        "muster_suppressed 4", "muster_audiences 2", #"muster_members{instance="acme"} 2107"#,
        #"muster_members{instance="fresh"} 0"#, #"muster_enabled{instance="acme"} 1"#,
        #"muster_enabled{instance="fresh"} 0"#,
        #"muster_token_time_left_seconds{instance="acme"} -172800"#,
        #"muster_retention_time_left_seconds{instance="acme"} 15292800"#,
        #"muster_last_success_timestamp_seconds{instance="acme"} 1795435140.000"#,
        #"muster_sync_age_seconds{instance="acme"} 60"#,
        #"muster_next_sync_timestamp_seconds{instance="acme"} 1795507620.000"#,
        #"muster_last_run{instance="acme",end="held"} 1"#,
        #"muster_last_run{instance="acme",end="succeeded"} 0"#,
    ])
    func `tell what status and the audiences tell`(line: String) {
        #expect(lines.contains(line))
    }

    @Test func `have nothing of an audience where nothing is known`() {
        let fresh = lines.filter { $0.contains(#"instance="fresh""#) }
        #expect(fresh.count == 2)
    }

    @Test func `are only that it is down where it does not answer`() {
        #expect(
            Metrics().text == """
                # HELP muster_up Whether the daemon answered when this was written.
                # TYPE muster_up gauge
                muster_up 0

                """)
    }
}
