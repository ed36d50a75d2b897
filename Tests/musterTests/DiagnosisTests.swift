import MusterClient
import Testing

@testable import muster

@Suite struct `What the doctor finds` {
    private func status(_ attention: [JSONValue]) -> JSONValue {
        [
            "version": "0.1.0", "position": 9004, "instances": 2, "attention": .array(attention),
        ]
    }

    private func row(_ what: String, _ urgency: String? = nil) -> JSONValue {
        let members: [(String, JSONValue?)] = [
            ("instance", "acme-us"), ("run", 12), ("what", .string(what)),
            ("urgency", urgency.map { .string($0) }), ("message", "It is so."),
            ("remedy", "Do this."),
        ]
        return .object(
            members.compactMap { name, value in
                value.map { JSONValue.Member(name: name, value: $0) }
            })
    }

    @Test func `is nothing where nothing needs attention`() {
        let diagnosis = Diagnosis(status([]))
        #expect(diagnosis.level == .ok)
        #expect(diagnosis.findings.map(\.level) == Array(repeating: .ok, count: 5))
        #expect(diagnosis.text(onlyTrouble: true).isEmpty)
        #expect(ExitStatus(diagnosis.level).rawValue == 0)
    }

    @Test(arguments: [("token", "warn", 1), ("held", "bad", 2), ("later", nil, 1)])
    func `is as bad as the worst of it, and the exit status says so`(
        what: String, urgency: String?, status code: Int32
    ) {
        let diagnosis = Diagnosis(status([row(what, urgency)]))
        #expect(ExitStatus(diagnosis.level).rawValue == code)
        #expect(diagnosis.findings.count { $0.level > .ok } == 1)
    }

    @Test func `is told with the audience, the run and the remedy, and alone where asked`() {
        let text = Diagnosis(status([row("held", "bad")])).text(onlyTrouble: true)
        #expect(
            text == """
                bad  runs  acme-us, run 12: It is so.
                             muster sync show 12 tells how to approve it, or what is missing.
                """)
    }

    @Test func `is that the daemon cannot be reached, and how it can`() {
        let error = ClientError.unreachable(
            reason: .noSocket, path: "/run/x", remedy: "Start the socket.")
        let diagnosis = Diagnosis(error)
        #expect(diagnosis.level == .bad)
        #expect(
            diagnosis.json == [
                "level": "bad",
                "findings": [
                    [
                        "level": "bad", "check": "daemon", "message": "/run/x: there is no socket",
                        "remedy": "Start the socket.",
                    ]
                ],
            ])
    }
}
