import MusterCore
import Testing

@Suite struct `The description of the protocol` {
    private let validator = SchemaValidator(isClosed: true)

    private func answer(_ subject: DescriptionSubject) throws -> JSONObject {
        try #require(try subject.answer().object)
    }

    private func names(_ list: JSON?) -> [String] {
        list?.array?.compactMap { $0.object?["name"]?.string } ?? []
    }

    @Test(arguments: [DescriptionSubject.summaries, .everything])
    func `names every method, error and event once`(subject: DescriptionSubject) throws {
        let answer = try answer(subject)
        #expect(names(answer["methods"]) == MethodDescription.all.map(\.name))
        #expect(Set(names(answer["methods"])).count == MethodDescription.all.count)
        #expect(names(answer["errors"]).sorted() == RejectionClass.all.map(\.name).sorted())
        #expect(names(answer["events"]) == EventType.allCases.map { "\($0)" })
    }

    @Test(arguments: [
        DescriptionSubject.summaries, .everything, .method("sync.now"), .error("internal"),
        .event("uploaded"),
    ])
    func `follows its own description, and fits a frame`(subject: DescriptionSubject) throws {
        let result = try subject.answer()
        let schema = try #require(MethodDescription.named("describe")).result.json
        #expect(validator.fault(result, schema) == nil)
        #expect(result.encoded().count < Frame.defaultLimit / 8)
        #expect(try JSON.parse(result.encoded()) == result)
    }

    @Test(arguments: [
        (DescriptionSubject.method("pong"), "method"), (.error("ping"), "error"),
        (.event(""), "event"),
    ])
    func `refuses what there is not by its pointer`(subject: DescriptionSubject, field: String) {
        #expect(
            throws: Rejection.paramsInvalid(
                pointer: "/params/\(field)", rule: "names nothing that there is")
        ) { try subject.answer() }
    }

    @Test(arguments: MethodDescription.all) func `of one method is the whole of it`(
        method: MethodDescription
    ) throws {
        let answer = try answer(.method(method.name))
        #expect(answer["methods"] == [.object(method.json)])
        #expect(answer["errors"] == [])
        let errors = names(method.json["errors"])
        #expect(Set(errors).count == errors.count)
        #expect(!method.summary.isEmpty)
    }

    @Test(arguments: ErrorDescription.all) func `of an error fits its refusals`(
        error: ErrorDescription
    )
        throws
    {
        let refusal = Reply.refusal(.integer(1), error.example).object?["error"]?.object
        let details = try #require(refusal?["details"])
        #expect(validator.fault(details, error.details.json) == nil)
        #expect(refusal?["name"] == error.json["name"])
        #expect(refusal?["kind"] == error.json["kind"])
        #expect(refusal?["remedy"] == error.json["remedy"])
        #expect(refusal?["applied"] == error.json["applied"])
        #expect(refusal?["retryable"] == error.json["retryable"])
        #expect(!error.causes.isEmpty && !error.clientAction.isEmpty)
    }

    @Test func `has no list that leaves one of its things out`() throws {
        let sources = Tree.swiftFiles.filter { $0.path.contains("/Wire/Description/") }
        let text = sources.flatMap(\.lines).joined(separator: "\n")
        let methods = text.matches(of: try Regex(#"static let \w+ = MethodDescription\("#))
        let events = text.matches(of: try Regex(#"static let \w+ = EventDescription\("#))
        #expect(methods.count == MethodDescription.all.count)
        #expect(events.count == EventDescription.all.count)
    }

    @Test(arguments: Example.all) func `fits the examples`(example: Example) throws {
        let reply = try #require(example.reply)
        if let error = example.error {
            let name = try #require(error["name"]?.string)
            let described = try #require(ErrorDescription.all.first { $0.meaning.name == name })
            #expect(validator.fault(try #require(error["details"]), described.details.json) == nil)
            return
        }
        let method = try #require(
            MethodDescription.named(example.request?.object?["method"]?.string ?? ""))
        #expect(validator.fault(try #require(reply["result"]), method.result.json) == nil)
        let params = example.request?.object?["params"] ?? [:]
        #expect(validator.fault(params, method.params.json) == nil)
    }

    @Test func `has an example of every method and every error, and none besides`() {
        let methods = MethodDescription.all.map(\.name)
        let errors = ErrorDescription.all.map { "error.\($0.meaning.name)" }
        let names = Set(Example.all.map(\.name))
        #expect(names.isSuperset(of: methods + errors))
        for name in names.subtracting(methods + errors) {
            #expect(methods.contains { name.hasPrefix("\($0).") }, "\(name)")
        }
    }

    @Test func `is shown in its example as it is answered`() throws {
        let example = try #require(Example.all.first { $0.name == "describe" })
        let request = try Request.parse(try #require(example.request).encoded().span)
        guard case .query(.describe(let subject)) = request.ask else {
            Issue.record("read as something else")
            return
        }
        #expect(example.reply?["result"] == (try subject.answer()))
    }
}
