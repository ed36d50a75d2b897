import Foundation
import Testing

@testable import muster

/// The units as systemd tells of them, all well but for what is given.
func reports(
    _ service: [String: String] = [:], socket: [String: String]? = [:],
    query: [String: String]? = ["LoadState": "not-found", "ActiveState": "inactive"],
    timer: String = "active"
) -> UnitReports {
    let running = [
        "LoadState": "loaded", "ActiveState": "active", "SubState": "running", "Result": "success",
        "ExecMainCode": "0", "ExecMainStatus": "0", "NRestarts": "0", "UnitFileState": "enabled",
    ]
    let listening = [
        "LoadState": "loaded", "ActiveState": "active", "Result": "success",
        "UnitFileState": "enabled", "Listen": "/run/musterd/command.sock (Stream)",
    ]
    let units = [
        UnitReport("musterd.service", running.merging(service) { $1 }),
        socket.map { UnitReport("musterd.socket", listening.merging($0) { $1 }) },
        query.map { UnitReport("musterd-query.socket", listening.merging($0) { $1 }) },
        UnitReport("musterd-wake.timer", ["LoadState": "loaded", "ActiveState": timer]),
    ]
    return .told(units.compactMap { $0 })
}

@Suite struct `What the doctor says of the units` {
    private func judge(_ reports: UnitReports, _ path: String = "/run/musterd/command.sock")
        -> [Finding]
    {
        UnitFindings.judge(reports, path: path)
    }

    @Test func `is nothing bad while the service runs and the socket listens`() {
        #expect(
            judge(reports()).map(\.words) == ["musterd.service runs", "musterd.socket listens"])
        #expect(judge(reports()).allSatisfy { $0.level == .ok })
    }

    @Test(arguments: [
        ("64", "command line is wrong", "systemctl revert"),
        ("65", "the log is damaged", "muster log verify --state-directory /var/lib/musterd"),
        ("73", "socket cannot be made", "ss -xlp"),
        ("77", "may not use the state directory", "chown -R musterd:musterd"),
        ("78", "a setting is wrong", "journalctl -u musterd.service"),
    ])
    func `is what an exit means after which it is not started again, and how to go on`(
        status: String, words: String, remedy: String
    ) throws {
        let found = judge(
            reports([
                "ActiveState": "failed", "Result": "exit-code", "ExecMainCode": "1",
                "ExecMainStatus": status,
            ]))
        let first = try #require(found.first)
        #expect(first.level == .bad)
        #expect(first.message.contains("it ended with \(status): "))
        #expect(first.message.contains(words))
        #expect(first.message.contains("does not start it again"))
        #expect(first.remedy?.contains(remedy) == true)
        #expect(first.remedy?.contains("systemctl reset-failed musterd.service") == true)
    }

    private static let ends: [([String: String], String)] = [
        (["Result": "watchdog", "ExecMainCode": "3", "ExecMainStatus": "6"], "watchdog"),
        (["Result": "signal", "ExecMainCode": "2", "ExecMainStatus": "9"], "signal 9 ended it"),
        (["Result": "oom-kill", "ExecMainCode": "2", "ExecMainStatus": "9"], "want of memory"),
        (["Result": "timeout", "ExecMainCode": "2", "ExecMainStatus": "15"], "in time"),
        (["Result": "exit-code", "ExecMainCode": "1", "ExecMainStatus": "203"], "cannot be run"),
        (["Result": "exit-code", "ExecMainCode": "1", "ExecMainStatus": "9"], "it ended with 9"),
        (
            ["Result": "start-limit-hit", "ExecMainCode": "1", "ExecMainStatus": "74"],
            "started so often that systemd gave up"
        ),
    ]

    @Test(arguments: ends)
    func `is how else it failed`(properties: [String: String], words: String) throws {
        let failed = properties.merging(["ActiveState": "failed"]) { $1 }
        let first = try #require(judge(reports(failed)).first)
        #expect(first.level == .bad)
        #expect(first.message.contains(words))
        #expect(!first.message.contains("does not start it again"))
    }

    @Test(arguments: [
        (["ActiveState": "activating", "SubState": "auto-restart", "ExecMainStatus": "74"], "bad"),
        (["ActiveState": "activating", "SubState": "start", "StatusText": "replaying"], "warn"),
        (["NRestarts": "2"], "warn"), (["UnitFileState": "disabled"], "ok"),
        (["LoadState": "not-found", "ActiveState": "inactive"], "bad"),
        (["LoadState": "masked", "ActiveState": "inactive"], "bad"),
        (["LoadState": "bad-setting", "ActiveState": "inactive"], "bad"),
        (["ActiveState": "inactive"], "ok"),
        (["ActiveState": "inactive", "Result": "exit-code", "ExecMainCode": "1"], "bad"),
    ])
    func `is as bad as the service's state`(service: [String: String], level: String) {
        #expect(judge(reports(service)).first?.level.rawValue == level)
    }

    @Test(arguments: [["ActiveState": "inactive"], ["UnitFileState": "disabled"]])
    func `is a warning where nothing starts the service for what is due`(
        service: [String: String]
    ) {
        let found = judge(reports(service, timer: "inactive"))
        #expect(found.map(\.level) == [.warn, .ok])
        #expect(found.first?.remedy?.contains("systemctl enable") == true)
    }

    @Test func `is bad where nothing waits for a client either`() {
        let stopped = reports(["ActiveState": "inactive"], socket: ["ActiveState": "inactive"])
        #expect(judge(stopped).map(\.level) == [.bad, .bad])
    }

    @Test func `tells why a socket gave up`() throws {
        let found = judge(
            reports(socket: ["ActiveState": "failed", "Result": "trigger-limit-hit"]))
        #expect(found.last?.level == .bad)
        #expect(found.last?.message.contains("ended again and again") == true)
    }

    @Test(arguments: [
        (["ActiveState": "active"], 3), (["ActiveState": "failed"], 3),
        (["ActiveState": "inactive"], 2),
    ])
    func `has the query socket only where that is used`(query: [String: String], lines: Int) {
        #expect(judge(reports(query: query)).count == lines)
    }

    @Test func `is nothing where the socket is another's or no systemd runs`() {
        let elsewhere = judge(reports(["ActiveState": "failed"]), "/tmp/command.sock")
        #expect(elsewhere.map(\.level) == [.ok])
        #expect(judge(.noManager).map(\.level) == [.ok])
        #expect(judge(.untold("it is late")).map(\.level) == [.warn])
    }

    @Test func `is told of a socket that a drop-in moved`() {
        let moved = reports(socket: ["Listen": "/run/other.sock (Stream)"])
        #expect(judge(moved, "/run/other.sock").count == 2)
    }
}

@Suite struct `The text of systemctl show` {
    @Test func `is one unit a paragraph, of which one without an id is left out`() {
        let text = """
            Id=musterd.service
            StatusText=position 3, a=b
            DropInPaths=

            Id=musterd.socket
            Listen=/run/musterd/command.sock (Stream)

            ActiveState=active
            no property

            """
        #expect(
            UnitReport.parse(text) == [
                UnitReport(
                    "musterd.service",
                    [
                        "Id": "musterd.service", "StatusText": "position 3, a=b",
                        "DropInPaths": "",
                    ]),
                UnitReport(
                    "musterd.socket",
                    ["Id": "musterd.socket", "Listen": "/run/musterd/command.sock (Stream)"]),
            ])
        #expect(UnitReport.parse("").isEmpty)
    }
}

@Suite struct `What the doctor says of the sandbox` {
    private func judge(_ service: [String: String]) -> [Finding] {
        SandboxFindings.judge(reports(service), path: "/run/musterd/command.sock")
    }

    @Test(arguments: [
        ("PrivateUsers", "yes", "bad"), ("PrivateNetwork", "yes", "bad"),
        ("LimitCORE", "infinity", "bad"), ("UMask", "0022", "bad"), ("User", "", "bad"),
        ("RestrictAddressFamilies", "AF_UNIX", "bad"), ("NoNewPrivileges", "no", "warn"),
        ("ProtectSystem", "full", "warn"), ("CapabilityBoundingSet", "cap_sys_admin", "warn"),
    ])
    func `names what a drop-in changed, and the drop-in`(
        property: String, value: String, level: String
    ) throws {
        let dropIn = "/etc/systemd/system/musterd.service.d/x.conf"
        let found = judge([property: value, "DropInPaths": dropIn])
        let only = try #require(found.first)
        #expect(found.count == 1)
        #expect(only.level.rawValue == level)
        #expect(only.message.hasPrefix("\(property)=\(value) is not as shipped: "))
        #expect(only.remedy?.contains(dropIn) == true)
    }

    @Test(arguments: [
        [:], ["PrivateUsers": "no", "LimitCORE": "0"], ["PrivateUsers": "identity"],
        ["RestrictAddressFamilies": "AF_INET6 AF_INET AF_UNIX", "CapabilityBoundingSet": ""],
        ["AProperty": "of a later systemd"],
    ])
    func `is nothing where it is as shipped`(service: [String: String]) {
        #expect(judge(service).map(\.level) == [.ok])
    }

    @Test func `is that systemd has not read the unit's new files`() {
        #expect(judge(["NeedDaemonReload": "yes"]).map(\.level) == [.warn])
    }

    /// A rule that the shipped unit does not keep would be told of on every host.
    @Test(arguments: SandboxFindings.properties)
    func `rests on lines of the unit`(property: SandboxFindings.Property) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let unit = try String(
            contentsOf: root.appending(path: "systemd/musterd.service"), encoding: .utf8)
        let values = unit.split(separator: "\n").filter { $0.hasPrefix(property.name + "=") }
            .map { String($0.dropFirst(property.name.count + 1)) }
        // What the unit does not name has systemd's own value.
        let inForce = values.first ?? (property.name.hasPrefix("Private") ? "no" : "unset")
        #expect(property.rule.allows(inForce))
    }
}
