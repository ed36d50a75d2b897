import MusterCore
import Testing

@testable import MusterClient
@testable import muster

@Suite struct `What the doctor says of the socket` {
    private static let muster = HostGroup(id: 990, name: "muster")

    private func findings(
        _ file: SocketFile, path: String = "/run/musterd/command.sock", uid: UInt32 = 1000,
        groups: Set<UInt32> = [1000], listed: Set<UInt32> = [1000], group: HostGroup? = muster
    ) -> SocketFindings {
        SocketFindings(
            path: path, file: file,
            caller: Caller(uid: uid, name: "jo", groups: groups, listed: listed), group: group)
    }

    private static let sockets: [(SocketFile, String)] = [
        (.socket(mode: 0o660, group: muster), "ok"), (.missing, "bad"), (.hidden, "bad"),
        (.other, "bad"), (.socket(mode: 0o666, group: muster), "warn"),
        (.socket(mode: 0o600, group: muster), "warn"),
        (.socket(mode: 0o660, group: HostGroup(id: 0, name: "root")), "bad"),
    ]

    @Test(arguments: sockets)
    func `is whether it is one, its mode and its group`(file: SocketFile, level: String) {
        let found = findings(file).socket
        #expect(found.level.rawValue == level)
        #expect((found.remedy ?? "").isEmpty == (found.level == .ok))
    }

    @Test func `is only what it finds where the socket is none of the units'`() {
        let found = findings(
            .socket(mode: 0o755, group: HostGroup(id: 0, name: "root")), path: "/tmp/s")
        #expect(found.socket.level == .ok)
        #expect(found.socket.message == "/tmp/s is there: mode 0755, group root")
        #expect(found.membership(answers: false).level == .ok)
        #expect(findings(.missing, path: "/tmp/s").socket.level == .bad)
    }

    private static let callers: [(UInt32, Set<UInt32>, Set<UInt32>, Bool, String)] = [
        (0, [0], [0], false, "ok"), (1000, [1000, 990], [1000], false, "ok"),
        (1000, [1000], [1000, 990], false, "warn"), (1000, [1000], [1000], false, "bad"),
        (1000, [1000], [1000], true, "ok"),
    ]

    @Test(arguments: callers)
    func `is whether the caller is a member of its group`(
        uid: UInt32, groups: Set<UInt32>, listed: Set<UInt32>, answers: Bool, level: String
    ) {
        let found = findings(
            .socket(mode: 0o660, group: Self.muster), uid: uid, groups: groups, listed: listed)
        #expect(found.membership(answers: answers).level.rawValue == level)
    }

    @Test func `is the command that makes the caller a member, or the group`() {
        let file = SocketFile.socket(mode: 0o660, group: Self.muster)
        #expect(
            findings(file).membership(answers: false).remedy
                == "As root, usermod -aG muster jo; then log in again.")
        let none = findings(file, group: nil).membership(answers: true)
        #expect(none.level == .bad)
        #expect(none.remedy?.contains("systemd-sysusers") == true)
    }
}

@Suite struct `What the doctor says of the clock` {
    private static let noon = Timestamp(milliseconds: 1_795_435_200_000)

    private static let clocks: [(ClockState, Int64, [String])] = [
        (.synchronised, -5, ["ok"]), (.unsynchronised, -5, ["warn"]),
        (.untold, -5, ["ok"]), (.synchronised, 59, ["ok"]), (.synchronised, 61, ["bad"]),
        (.unsynchronised, 86_400, ["bad", "warn"]), (.untold, 86_400, ["bad"]),
    ]

    @Test(arguments: clocks)
    func `is whether it follows others, and is not before the newest event`(
        clock: ClockState, ahead: Int64, levels: [String]
    ) {
        let found = ClockFindings.judge(
            clock, newest: Self.noon.advanced(seconds: ahead), now: Self.noon)
        #expect(found.map(\.level.rawValue) == levels)
    }

    @Test func `names both times where it went back`() throws {
        let found = ClockFindings.judge(
            .synchronised, newest: Self.noon.advanced(seconds: 3600), now: Self.noon)
        #expect(
            found.first?.message
                == "the clock says 2026-11-23 12:00:00 UTC, before the newest event of "
                + "2026-11-23 13:00:00 UTC")
        #expect(ClockFindings.judge(.synchronised, newest: nil, now: Self.noon).count == 1)
    }
}

@Suite struct `What the doctor says of the disk` {
    @Test(arguments: [
        (DiskRoom(bytes: 1 << 40), "ok"), (DiskRoom(bytes: (128 << 20) - 1), "bad"),
        (DiskRoom(bytes: 1 << 30, bytesADay: 1, days: 30), "ok"),
        (DiskRoom(bytes: 1 << 30, bytesADay: 1, days: 29), "warn"),
        (DiskRoom(bytes: 1 << 30, bytesADay: 1, days: 7), "warn"),
        (DiskRoom(bytes: 1 << 30, bytesADay: 1, days: 6), "bad"),
    ])
    func `is how long its room lasts`(room: DiskRoom, level: String) {
        #expect(DiskFindings.judge(room).level.rawValue == level)
    }

    @Test func `shows free bytes, growth and days as status has them`() throws {
        let room = DiskRoom(["room": ["bytes": 10_485_760, "bytesADay": 2048, "days": 5120]])
        #expect(
            DiskFindings.judge(room).message
                == "10 MiB are free for the log; it grows 2 KiB a day")
        #expect(DiskRoom(["room": ["bytes": nil, "bytesADay": nil, "days": nil]]) == nil)
        #expect(DiskFindings.judge(nil).level == .ok)
    }
}

@Suite struct `What the doctor asks The Trade Desk` {
    private func row(_ instance: String, _ credential: String, enabled: Bool = true) -> JSONValue {
        [
            "instance": .string(instance), "credential": .string(credential),
            "endpoint": "https://api.example/v3", "enabled": .bool(enabled),
        ]
    }

    @Test func `is one question a credential, for an audience that is sent`() {
        let questions = EndpointQuestion.all([
            row("a", "one", enabled: false), row("b", "one"), row("c", "one"), row("d", "two"),
        ])
        #expect(questions.map(\.instance) == ["b", "d"])
        #expect(questions.map(\.credential) == ["one", "two"])
    }

    private static func problem(_ what: String) -> EndpointAnswer {
        .checked(.init(what: what, message: "It is so.", remedy: "Do this."))
    }

    @Test(arguments: [
        (EndpointAnswer.checked(nil), "ok"), (problem("unreachable"), "bad"),
        (problem("token"), "bad"), (problem("access"), "bad"), (problem("segment"), "bad"),
        (problem("unavailable"), "warn"), (problem("credential"), "ok"),
        (.failed(message: "no reply", isDenied: false), "warn"),
        (.failed(message: "no", isDenied: true), "ok"),
    ])
    func `is judged by what it answers`(answer: EndpointAnswer, level: String) {
        let question = EndpointQuestion(
            instance: "b", credential: "one", endpoint: "https://api.example/v3")
        #expect(EndpointFindings.judge(question, answer).level.rawValue == level)
    }
}
