import MusterCore
import Testing

/// What a request of this text is refused with.
func refusal(of text: String) -> (id: RequestID?, rejection: Rejection)? {
    do {
        _ = try Request.parse(Array(text.utf8).span)
        return nil
    } catch {
        return (error.id, error.rejection)
    }
}

extension Rejection {
    /// The error's name and its pointer, where it has one.
    var place: String {
        switch self {
        case .requestInvalid(let pointer, _), .paramsInvalid(let pointer, _):
            "\(classification.name) \(pointer)"
        default: classification.name
        }
    }
}

func parsed(_ text: String) throws -> Request {
    try Request.parse(Array(text.utf8).span)
}

@Suite struct `A request's envelope` {
    @Test(arguments: [
        ("", ""), ("{", ""), ("[1]", ""), ("7", ""), ("{\"id\": 1, \"id\": 2}", ""),
        (#"{"id": 1.5, "method": "ping"}"#, ""), (#"{"id": 1e3, "method": "ping"}"#, ""),
        (#"{"id": 9007199254740992, "method": "ping"}"#, ""), (#"{"method": "ping"}"#, "/id"),
        (#"{"id": null, "method": "ping"}"#, "/id"), (#"{"id": true, "method": "ping"}"#, "/id"),
        (#"{"id": [1], "method": "ping"}"#, "/id"),
        (#"{"id": "\#(String(repeating: "x", count: 65))", "method": "ping"}"#, "/id"),
        (#"{"id": "\#(String(repeating: "ü", count: 33))", "method": "ping"}"#, "/id"),
    ])
    func `without a readable id is refused without one`(text: String, pointer: String) {
        let refused = refusal(of: text)
        #expect(refused?.id == nil)
        #expect(refused?.rejection.place == "request.invalid \(pointer)")
    }

    @Test(arguments: [
        (#""method": 7"#, "/method"), (#""params": {}"#, "/method"),
        (#""method": "ping", "params": []"#, "/params"),
        (#""method": "ping", "params": null"#, "/params"),
        (#""method": "ping", "parms": {}"#, "/parms"),
        (#""method": "ping", "a/b~c": 1"#, "/a~1b~0c"),
        (#""method": "ping", "minPosition": -1"#, "/minPosition"),
        (#""method": "ping", "minPosition": "1""#, "/minPosition"),
        (#""method": "ping", "deadlineMs": 0"#, "/deadlineMs"),
        (#""method": "ping", "deadlineMs": 3600001"#, "/deadlineMs"),
        (#""method": "ping", "deadlineMs": true"#, "/deadlineMs"),
        (#""method": "ping", "more": true"#, "/more"), (#""method": "ping", "more": 1"#, "/more"),
        (#""method": "ping", "commandId": "x""#, "/commandId"),
        (#""method": "ping", "expectedVersion": 1"#, "/expectedVersion"),
        (#""method": "sync.now", "params": {"instance": "a"}, "commandId": """#, "/commandId"),
        (#""method": "sync.now", "params": {"instance": "a"}, "commandId": "a b""#, "/commandId"),
        (#""method": "sync.now", "params": {"instance": "a"}, "commandId": 7"#, "/commandId"),
        (
            #""method": "sync.now", "params": {"instance": "a"}, "commandId": "\#(String(repeating: "x", count: 65))""#,
            "/commandId"
        ),
        (
            #""method": "sync.now", "params": {"instance": "a"}, "expectedVersion": -1"#,
            "/expectedVersion"
        ),
    ])
    func `is refused by the pointer of its fault`(members: String, pointer: String) {
        let refused = refusal(of: #"{"id": "a7", \#(members)}"#)
        #expect(refused?.rejection.place == "request.invalid \(pointer)")
        #expect(refused?.id == .string("a7"))
    }

    @Test(arguments: [
        "0", "-9007199254740991", "9007199254740991", #""""#,
        "\"\(String(repeating: "x", count: 64))\"",
    ])
    func `may have any small id, and it comes back`(id: String) throws {
        let request = try parsed(#"{"id": \#(id), "method": "ping"}"#)
        #expect(request.id.json == (try JSON.parse(Array(id.utf8))))
    }

    @Test func `may say when and where the answer counts`() throws {
        let request = try parsed(
            #"{"id": 1, "method": "member.add", "params": {"instance": "a", "member": "a@b"}, "#
                + #""commandId": "A.z_0:9-", "expectedVersion": 0, "minPosition": 9007199254740991, "#
                + #""deadlineMs": 3600000, "more": false}"#)
        #expect(request.stamp?.id.text == "A.z_0:9-")
        #expect(request.expectedVersion == 0)
        #expect(request.minPosition == 9_007_199_254_740_991)
        #expect(request.deadlineMilliseconds == 3_600_000)
    }

    @Test func `does not repeat a method it does not know`() {
        let refused = refusal(of: #"{"id": 1, "method": "jane.doe@example.com"}"#)
        #expect(refused?.rejection == .methodUnknown)
        #expect(refused?.rejection.message.contains("jane") == false)
    }
}

@Suite struct `The parameters` {
    private static let hash = String(repeating: "ab", count: 32)

    @Test(arguments: [
        ("ping", #"{"x": 1}"#, "/x"), ("hello", #"{"client": 1}"#, "/client"),
        ("hello", #"{"protocol": []}"#, "/protocol"), ("hello", #"{"protocol": 1}"#, "/protocol"),
        ("hello", #"{"protocol": ["1"]}"#, "/protocol"),
        ("status", #"{"stateHash": 1}"#, "/stateHash"),
        ("instance.list", #"{"all": true}"#, "/all"),
        ("instance.show", "{}", "/instance"), ("instance.show", #"{"instance": 7}"#, "/instance"),
        ("instance.show", #"{"instance": "Acme"}"#, "/instance"),
        ("instance.show", #"{"instance": "-a"}"#, "/instance"),
        ("instance.show", #"{"instance": "a/b"}"#, "/instance"),
        ("instance.show", #"{"instance": ""}"#, "/instance"),
        ("member.show", #"{"instance": "a"}"#, "/member"),
        ("member.show", #"{"instance": "a", "member": "b", "history": 1}"#, "/history"),
        ("member.add", #"{"member": "a@b"}"#, "/instance"),
        ("member.add", #"{"instance": "a"}"#, "/members"),
        ("member.add", #"{"instance": "a", "members": []}"#, "/members"),
        ("member.add", #"{"instance": "a", "members": "a@b"}"#, "/members"),
        ("member.add", #"{"instance": "a", "members": ["a@b", 7]}"#, "/members/1"),
        ("member.add", #"{"instance": "a", "members": ["a@b"], "member": "a@b"}"#, "/member"),
        ("member.add", #"{"instance": "a", "member": "a@b", "atomic": 1}"#, "/atomic"),
        ("member.add", #"{"instance": "a", "member": "a@b", "membres": []}"#, "/membres"),
        ("member.remove", #"{"instance": "a", "member": ["a@b"]}"#, "/member"),
        ("sync.now", #"{"instance": "a", "approve": true}"#, "/approve"),
        ("sync.now", #"{"instance": "a", "approve": {"run": 1}}"#, "/approve/count"),
        ("sync.now", #"{"instance": "a", "approve": {"count": 1}}"#, "/approve/run"),
        ("sync.now", #"{"instance": "a", "approve": {"run": 0, "count": 1}}"#, "/approve/run"),
        (
            "sync.now", #"{"instance": "a", "approve": {"run": 1, "count": 1, "by": 2}}"#,
            "/approve/by"
        ),
        ("sync.now", #"{"instance": "a", "again": "yes"}"#, "/again"),
        ("sync.show", #"{"run": 0}"#, "/run"), ("sync.show", #"{"run": "12"}"#, "/run"),
        ("sync.list", #"{"instance": "a", "limit": 1}"#, "/limit"),
    ])
    func `are refused by the pointer of their fault`(
        method: String, params: String, pointer: String
    ) {
        let refused = refusal(of: #"{"id": 1, "method": "\#(method)", "params": \#(params)}"#)
        #expect(refused?.id == .integer(1))
        #expect(refused?.rejection.place == "params.invalid /params\(pointer)")
    }

    @Test(arguments: [
        (#""advertiserId": """#, "/advertiserId"), (#""advertiserId": "a b""#, "/advertiserId"),
        (#""advertiserId": "\#(String(repeating: "a", count: 33))""#, "/advertiserId"),
        (#""advertiserId": null"#, "/advertiserId"), (#""audienceName": """#, "/audienceName"),
        (#""audienceName": "a\u0000b""#, "/audienceName"),
        (#""audienceName": "a\u0085b""#, "/audienceName"),
        (#""audienceName": "\#(String(repeating: "ü", count: 129))""#, "/audienceName"),
        (#""region": "us""#, "/region"), (#""piiType": "Email""#, "/piiType"),
        (#""credential": "../token""#, "/credential"), (#""credential": null"#, "/credential"),
        (#""externalAudienceId": """#, "/externalAudienceId"),
        (#""externalAudienceId": "a/b""#, "/externalAudienceId"), (#""enabled": 1"#, "/enabled"),
        (#""endpoint": "https://evil.test/v3""#, "/endpoint"),
        (#""schedule": "03:00""#, "/schedule"),
        (#""schedule": {"dailyAt": "03:00"}"#, "/schedule/timeZone"),
        (#""schedule": {"timeZone": "UTC"}"#, "/schedule/dailyAt"),
        (#""schedule": {"dailyAt": "24:00", "timeZone": "UTC"}"#, "/schedule/dailyAt"),
        (#""schedule": {"dailyAt": "3:00", "timeZone": "UTC"}"#, "/schedule/dailyAt"),
        (#""schedule": {"dailyAt": "03:00", "timeZone": "../UTC"}"#, "/schedule/timeZone"),
        (#""schedule": {"dailyAt": "03:00", "timeZone": "UTC", "on": 1}"#, "/schedule/on"),
        (#""minimumMembers": -1"#, "/minimumMembers"),
        (#""minimumMembers": 1000000001"#, "/minimumMembers"), (#""guard": []"#, "/guard"),
        (#""guard": {"shrinkPercent": 101}"#, "/guard/shrinkPercent"),
        (#""guard": {"shrinkMembers": -1}"#, "/guard/shrinkMembers"),
        (#""guard": {"growthFactor": 1}"#, "/guard/growthFactor"),
        (#""guard": {"shrink": 1}"#, "/guard/shrink"),
    ])
    func `of a configuration are refused by the pointer of their fault`(
        setting: String, pointer: String
    ) {
        let refused = refusal(
            of:
                #"{"id": 1, "method": "instance.configure", "params": {"instance": "a", \#(setting)}}"#
        )
        #expect(refused?.rejection.place == "params.invalid /params\(pointer)")
    }

    @Test func `of a configuration are taken as they stand, and null clears`() throws {
        let request = try parsed(
            #"{"id": 1, "method": "instance.configure", "params": {"instance": "a", "#
                + #""externalAudienceId": null, "schedule": null, "minimumMembers": 0, "#
                + #""guard": {"shrinkPercent": 100, "growthFactor": 2}}}"#)
        guard case .command(.configure(let configuration)) = request.ask else {
            Issue.record("read as something else")
            return
        }
        #expect(configuration.change.externalAudienceId == .some(nil))
        #expect(configuration.change.schedule == .some(nil))
        #expect(configuration.change.minimumMembers == 0)
        #expect(configuration.change.enabled == nil)
        #expect(configuration.thresholds.shrinkPercent == 100)
        #expect(configuration.thresholds.shrinkMembers == nil)
    }

    @Test(arguments: [(50_000, true), (50_001, false)])
    func `name at most 50,000 members`(count: Int, isTaken: Bool) {
        let members = Array(repeating: "\"\(Self.hash)\"", count: count).joined(separator: ",")
        let refused = refusal(
            of:
                #"{"id": 1, "method": "member.add", "params": {"instance": "a", "members": [\#(members)]}}"#
        )
        #expect(refused?.rejection.place == (isTaken ? nil : "params.invalid /params/members"))
    }

    @Test func `may name members that are none, which the command sorts out`() throws {
        let request = try parsed(
            #"{"id": 1, "method": "member.add", "params": {"instance": "a", "#
                + #""members": ["a@b", "", "x", "\#(Self.hash)"]}}"#)
        guard case .command(.addMembers(let list)) = request.ask else {
            Issue.record("read as something else")
            return
        }
        #expect(list.members.entries[1] == .rejected(.empty))
        #expect(list.members.entries[2] == .rejected(.notAHash))
        #expect(!list.isSingle)
    }

    @Test func `of member.show must be a member`() {
        let refused = refusal(
            of: #"{"id": 1, "method": "member.show", "params": {"instance": "a", "member": "x"}}"#)
        #expect(refused?.rejection == .memberInvalid(.notAHash))
    }

    @Test(arguments: [("", false), (#", "history": false"#, false), (#", "history": true"#, true)])
    func `of member.show may ask for the history`(more: String, withHistory: Bool) throws {
        let member = digest(1)
        let request = try parsed(
            #"{"id": 1, "method": "member.show", "params": {"instance": "acme-us", "member": "#
                + #""\#(member.hex)"\#(more)}}"#)
        #expect(
            request.ask
                == .query(
                    .memberShow(
                        acme, try Member(member.hex.utf8), withHistory: withHistory)))
    }

    @Test(arguments: [("[2]", false), ("[2, 1]", true), ("[1]", true)])
    func `of hello may name versions, of which 1 must be one`(versions: String, isTaken: Bool) {
        let refused = refusal(
            of: #"{"id": 1, "method": "hello", "params": {"protocol": \#(versions)}}"#)
        #expect(refused?.rejection == (isTaken ? nil : .protocolUnsupported))
    }

    @Test func `that are not known are named by 64 characters at most`() {
        let long = String(repeating: "x", count: 1000)
        let refused = refusal(of: #"{"id": 1, "method": "ping", "params": {"\#(long)": 1}}"#)
        #expect(
            refused?.rejection.place
                == "params.invalid /params/\(String(repeating: "x", count: 64))")
    }
}

@Suite struct `The check of a command id` {
    private func check(_ method: String, _ params: String) throws -> UInt16? {
        try parsed(
            #"{"id": 1, "method": "\#(method)", "params": \#(params), "commandId": "c"}"#
        ).stamp?.check
    }

    @Test func `does not depend on the order of members, on spaces or on escapes`() throws {
        let first = try check(
            "sync.now", #"{"instance": "a", "approve": {"run": 7, "count": 20}, "again": true}"#)
        let second = try check(
            "sync.now", #"{"again":true,"approve":{"count":20,"run":7},"instance":"\u0061"}"#)
        #expect(first != nil)
        #expect(first == second)
    }

    @Test(arguments: [
        ("member.add", #"{"instance": "a", "members": ["b@c", "a@b"]}"#),
        ("member.add", #"{"instance": "a", "members": ["a@b"]}"#),
        ("member.add", #"{"instance": "b", "members": ["a@b", "b@c"]}"#),
        ("member.add", #"{"instance": "a", "members": ["a@b", "b@c"], "atomic": false}"#),
        ("member.remove", #"{"instance": "a", "members": ["a@b", "b@c"]}"#),
    ])
    func `depends on all else`(method: String, params: String) throws {
        let plain = try check("member.add", #"{"instance": "a", "members": ["a@b", "b@c"]}"#)
        #expect(try check(method, params) != plain)
    }
}
