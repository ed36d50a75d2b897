import Testing

@testable import MusterCore

/// A text that a client sends, with a request that holds `$` in its place.
struct ClientText: Sendable, CustomTestStringConvertible {
    let name: String
    let request: String
    let refusal: String

    var testDescription: String { name }

    static let all = [
        ClientText("id", in: #"{"id": "$", "method": "ping"}"#, "request.invalid /id"),
        ClientText("method", in: #"{"id": 1, "method": "$"}"#, "request.invalid /method"),
        ClientText(
            "commandId",
            in:
                #"{"id": 1, "method": "sync.now", "params": {"instance": "a"}, "commandId": "$"}"#,
            "request.invalid /commandId"),
        ClientText("client", "hello", #""client": "$""#),
        ClientText("instance", "instance.show", #""instance": "$""#),
        ClientText("advertiserId"), ClientText("audienceName"), ClientText("credential"),
        ClientText("externalAudienceId"),
        ClientText(
            "timeZone",
            in: #"{"id": 1, "method": "instance.configure", "params": {"instance": "a", "#
                + #""schedule": {"dailyAt": "03:00", "timeZone": "$"}}}"#,
            "params.invalid /params/schedule/timeZone"),
        ClientText(
            "member",
            in:
                #"{"id": 1, "method": "member.show", "params": {"instance": "a", "member": "$"}}"#,
            "member.invalid"),
    ]

    private init(_ name: String, in request: String, _ refusal: String) {
        self.name = name
        self.request = request
        self.refusal = refusal
    }

    private init(_ name: String, _ method: String, _ param: String) {
        self.init(
            name, in: #"{"id": 1, "method": "\#(method)", "params": {\#(param)}}"#,
            "params.invalid /params/\(name)")
    }

    private init(_ setting: String) {
        self.init(
            setting,
            in:
                #"{"id": 1, "method": "instance.configure", "params": {"instance": "a", "\#(setting)": "$"}}"#,
            "params.invalid /params/\(setting)")
    }

    /// The refusal of the request with a text of so many bytes; nil where it is taken.
    func refusal(bytes: Int) -> Rejection? {
        var text = String(repeating: "a", count: bytes)
        // A member is a hash with spaces around it, which are taken off.
        if name == "member" {
            text = String(repeating: " ", count: bytes - 64) + String(repeating: "ab", count: 32)
        }
        let parts = request.split(separator: "$", omittingEmptySubsequences: false)
        return MusterCoreTests.refusal(of: parts.joined(separator: text))?.rejection
    }
}

@Suite struct `A text of a client` {
    private func limit(_ name: String) throws -> Int {
        Int(try #require(TextLimit.json.object?[name]?.integer))
    }

    @Test(arguments: ClientText.all)
    func `is taken up to the limit that hello tells, and refused by name beyond it`(
        text: ClientText
    ) throws {
        let limit = try limit(text.name)
        let longest = text.refusal(bytes: limit)
        #expect(longest == nil || longest == .methodUnknown)
        #expect(text.refusal(bytes: limit + 1)?.place == text.refusal)
    }

    @Test func `has a limit that is tested, and that a record of the log takes`() throws {
        let told = try #require(TextLimit.json.object)
        #expect(told.members.map(\.name).sorted() == ClientText.all.map(\.name).sorted())
        for (name, _) in told.members { #expect(try limit(name) <= RecordFormat.textLimit) }
    }

    @Test func `that is a field nobody knows is named by 64 code points, however it is composed`() {
        let name = "e" + String(repeating: "\u{301}", count: 5000)
        let refused = refusal(of: #"{"id": 1, "method": "ping", "\#(name)": 1}"#)
        #expect(
            refused?.rejection.place.unicodeScalars.count
                == "request.invalid /".unicodeScalars.count + 64)
    }
}
