import MusterCore
import Testing

extension MethodDescription {
    /// A request of these parameters, asking for a stream where the method gives one.
    fileprivate func request(_ params: JSONObject) -> JSON {
        ["id": 1, "method": .string(name), "params": .object(params), "more": .bool(stream != nil)]
    }
}

extension Request {
    /// Whether parameters of a method pass all checks of their form.
    fileprivate static func takes(_ method: MethodDescription, _ params: JSONObject) -> Bool {
        do {
            _ = try Request.parse(method.request(params).encoded().span)
            return true
        } catch {
            return !["params.invalid", "request.invalid"].contains(
                error.rejection.classification.name)
        }
    }
}

@Suite struct `The parameters as they are described` {
    @Test(arguments: MethodDescription.all)
    func `are those that are taken, and no others`(method: MethodDescription) {
        let validator = SchemaValidator(isClosed: true)
        for params in ParamsSource.near(method.params.json) {
            let fault = validator.fault(.object(params), method.params.json)
            let isTaken = Request.takes(method, params)
            #expect(
                isTaken == (fault == nil),
                "\(shown(params)): \(isTaken ? "taken" : "refused"), and the schema says: \(fault ?? "right")"
            )
        }
    }

    @Test(arguments: MethodDescription.all)
    func `have no neighbour that the parser knows and they do not`(method: MethodDescription) {
        let known = Set(Schema.properties(of: method.params.json).map(\.name))
        let base = ParamsSource.least(method.params.json).object ?? [:]
        for name in Self.namesInSource where !known.contains(name) {
            for value in [nil, true, 1, "a", ["a"], [:]] as [JSON] {
                var params = base
                params[name] = value
                let text = String(decoding: method.request(params).encoded(), as: UTF8.self)
                let expected = Rejection.paramsInvalid(
                    pointer: "/params/\(name)", rule: "is not known here")
                #expect(refusal(of: text)?.rejection == expected)
            }
        }
    }

    @Test func `are those of every method that is read`() throws {
        let source = try #require(Tree.text("Sources/MusterCore/Wire/Request.swift"))
        let pattern = try Regex(#"case "([a-z.]+)": \.(command|query)\("#)
        let read = source.matches(of: pattern).map { match in
            "\(match.output[1].substring ?? "") \(match.output[2].substring ?? "")"
        }
        #expect(!read.isEmpty)
        #expect(Set(read) == Set(MethodDescription.all.map { "\($0.name) \($0.kind.rawValue)" }))
    }

    /// Every name that the sources of the wire spell out.
    private static let namesInSource: Set<String> = {
        var names: Set<String> = []
        for file in Tree.swiftFiles where file.path.hasPrefix("Sources/MusterCore/Wire/") {
            for line in file.lines {
                for part in line.split(separator: "\"", omittingEmptySubsequences: false)
                where !part.isEmpty && part.allSatisfy({ $0.isASCII && $0.isLetter }) {
                    names.insert(String(part))
                }
            }
        }
        return names
    }()

    private func shown(_ params: JSONObject) -> String {
        String(String(decoding: JSON.object(params).encoded(), as: UTF8.self).prefix(200))
    }
}
