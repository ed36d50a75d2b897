import Foundation
import MusterCore
import Testing

/// An example of proto-docs: what is sent and what comes back.
struct Example: Sendable, CustomTestStringConvertible {
    let name: String
    let json: JSONObject

    var testDescription: String { name }
    var request: JSON? { json["request"] }
    var reply: JSONObject? { json["reply"]?.object }
    var error: JSONObject? { reply?["error"]?.object }

    static let all: [Example] = {
        let directory = Tree.root.appending(path: "proto-docs/examples")
        // A directory that cannot be listed has no examples, and the tests of it fail.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().compactMap { file in
            // An example that is not strict JSON has no members, and each test of it fails.
            let json = try? Data(contentsOf: directory.appending(path: file))
            let object = json.flatMap { try? JSON.parse(Array($0)).object }
            return Example(name: String(file.dropLast(5)), json: object ?? [:])
        }
    }()

    /// What is refused by its form alone, before any state is asked.
    static let refusedByForm: Set = [
        "error.request.invalid", "error.method.unknown", "error.params.invalid",
        "error.protocol.unsupported",
    ]
}

/// A row of the table in proto-docs/errors.md.
struct ErrorRow: Sendable, CustomTestStringConvertible {
    let name: String
    let kind: String
    let exit: Int32?
    let isRetryable: Bool
    let details: Set<String>

    var testDescription: String { name }

    static let all: [ErrorRow] = (Tree.text("proto-docs/errors.md") ?? "")
        .split(separator: "\n").filter { $0.hasPrefix("| [`") }.map { ErrorRow(String($0)) }

    private init(_ line: String) {
        let cells = line.split(separator: "|").map { String($0).trimmed }
        let words = cells.map { cell in
            cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 1 }.map { String($0.element) }
        }
        name = words[0].first ?? ""
        kind = words[1].first ?? ""
        exit = Int32(cells[2])
        isRetryable = cells[3] == "yes"
        details = cells.count > 4 ? Set(words[4]) : []
    }
}

@Suite struct `The documents of the protocol` {
    @Test func `have examples`() {
        #expect(Example.all.count > 30)
        #expect(ErrorRow.all.count > 20)
    }

    @Test(arguments: Example.all.filter { !Example.refusedByForm.contains($0.name) })
    func `show requests that are taken`(example: Example) throws {
        guard let request = example.request else {
            // What is no request at all is shown in bytes.
            #expect(["error.frame.invalid", "error.frame.too_large"].contains(example.name))
            return
        }
        let parsed = try Request.parse(request.encoded().span)
        let method = request.object?["method"]?.string ?? ""
        #expect(
            example.name.hasPrefix("error.") || example.name == method
                || example.name.hasPrefix(method + "."))
        #expect(parsed.id.json == request.object?["id"])
    }

    @Test(arguments: Example.all.filter { Example.refusedByForm.contains($0.name) })
    func `show requests that are refused, word for word`(example: Example) throws {
        let request = try #require(example.request)
        let error = #expect(throws: RefusedRequest.self) {
            try Request.parse(request.encoded().span)
        }
        let refused = try #require(error)
        #expect(
            Reply.refusal(refused.id, refused.rejection).object?.asSet == example.reply?.asSet)
    }

    @Test(arguments: Example.all)
    func `show replies of the documented form`(example: Example) throws {
        let reply = try #require(example.reply)
        let names = Set(reply.members.map(\.name))
        guard let error = example.error else {
            #expect(names.isSuperset(of: ["id", "result", "position"]))
            #expect(
                names.isSubset(of: [
                    "id", "result", "position", "version", "replayed", "warnings", "continues",
                ]))
            #expect(reply["result"]?.object != nil)
            #expect(reply["position"]?.integer != nil)
            #expect(reply["id"] == example.request?.object?["id"])
            return
        }
        #expect(names == ["id", "error"])
        #expect(
            Set(error.members.map(\.name)) == [
                "name", "kind", "message", "details", "retryable", "applied", "remedy",
            ])
        #expect(error["applied"] == "no")
    }

    @Test(arguments: RejectionClass.all.map(\.name))
    func `describe every error, with an example of its name`(name: String) throws {
        let row = try #require(ErrorRow.all.first { $0.name == name })
        let meaning = try #require(RejectionClass.all.first { $0.name == name })
        #expect(row.kind == meaning.kind)
        #expect(row.exit == meaning.exitCode)
        #expect(row.isRetryable == meaning.isRetryable)
        #expect(Tree.text("proto-docs/errors.md")?.contains("\n### \(name)\n") == true)
        let example = try #require(Example.all.first { $0.name == "error.\(name)" }?.error)
        #expect(example["name"] == .string(name))
        #expect(example["kind"] == .string(meaning.kind))
        #expect(example["retryable"] == .bool(meaning.isRetryable))
        #expect(Set(example["details"]?.object?.members.map(\.name) ?? []) == row.details)
    }

    @Test func `describe no error that there is not`() {
        let names = Set(RejectionClass.all.map(\.name))
        #expect(Set(ErrorRow.all.map(\.name)) == names)
        let examples = Example.all.map(\.name).filter { $0.hasPrefix("error.") }
        #expect(Set(examples) == Set(names.map { "error.\($0)" }))
        let sections = (Tree.text("proto-docs/errors.md") ?? "").split(separator: "\n")
            .filter { $0.hasPrefix("### ") }.map { String($0.dropFirst(4)) }
        #expect(Set(sections) == names)
    }
}

extension JSONObject {
    /// The members, whatever their order.
    fileprivate var asSet: Set<String> {
        Set(members.map { "\($0.name): \($0.value.sortedText)" })
    }
}

extension JSON {
    fileprivate var sortedText: String {
        guard let object else { return String(decoding: encoded(), as: UTF8.self) }
        return object.members.map { "\($0.name): \($0.value.sortedText)" }.sorted()
            .joined(separator: ", ")
    }
}
