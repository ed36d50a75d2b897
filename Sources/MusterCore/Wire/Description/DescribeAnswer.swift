extension DescriptionSubject {
    /// The result of `describe`.
    package func answer() throws(Rejection) -> JSON {
        switch self {
        case .summaries:
            Self.result(
                MethodDescription.all.map(\.head), ErrorDescription.all.map(\.head),
                EventDescription.all.map(\.head))
        case .everything:
            Self.result(
                MethodDescription.all.map(\.json), ErrorDescription.all.map(\.json),
                EventDescription.all.map(\.json))
        case .method(let name):
            Self.result(
                methods: [
                    try Self.found("method", MethodDescription.all.first { $0.name == name }).json
                ])
        case .error(let name):
            Self.result(
                errors: [
                    try Self.found("error", ErrorDescription.all.first { $0.meaning.name == name })
                        .json
                ])
        case .event(let name):
            Self.result(
                events: [
                    try Self.found("event", EventDescription.all.first { $0.name == name }).json
                ])
        }
    }

    private static func found<Thing>(_ field: String, _ thing: Thing?) throws(Rejection) -> Thing {
        guard let thing else {
            throw .paramsInvalid(pointer: "/params/\(field)", rule: "names nothing that there is")
        }
        return thing
    }

    private static func result(
        methods: [JSONObject] = [], errors: [JSONObject] = [], events: [JSONObject] = []
    ) -> JSON {
        result(methods, errors, events)
    }

    private static func result(
        _ methods: [JSONObject], _ errors: [JSONObject], _ events: [JSONObject]
    ) -> JSON {
        [
            "protocol": 1, "methods": .array(methods.map { .object($0) }),
            "errors": .array(errors.map { .object($0) }),
            "events": .array(events.map { .object($0) }),
        ]
    }
}

extension MethodDescription {
    fileprivate var head: JSONObject {
        ["name": .string(name), "kind": .string(kind.rawValue), "summary": .string(summary)]
    }

    /// The whole description, as `describe` answers it.
    package var json: JSONObject {
        var object = head
        object["details"] = .string(details)
        object["params"] = .object(params.json)
        object["result"] = .object(result.json)
        object["stream"] = stream.map { .object($0.json) }
        let own = errors.map { refusal -> JSON in
            refusal.when.isEmpty
                ? ["name": .string(refusal.error.name)]
                : ["name": .string(refusal.error.name), "when": .string(refusal.when)]
        }
        object["errors"] = .array(own + commonErrors.map { ["name": .string($0.name)] })
        object["warnings"] = .array(
            warnings.map { ["name": .string($0.name), "when": .string($0.when)] })
        return object
    }
}

extension ErrorDescription {
    fileprivate var head: JSONObject {
        [
            "name": .string(meaning.name), "kind": .string(meaning.kind),
            "summary": .string(example.message),
        ]
    }

    /// The whole description, as `describe` answers it.
    package var json: JSONObject {
        var object = head
        object["retryable"] = .bool(meaning.isRetryable)
        object["applied"] = "no"
        object["exitCode"] = .integer(Int64(meaning.exitCode))
        object["causes"] = .string(causes)
        object["clientAction"] = .string(clientAction)
        object["remedy"] = .string(example.remedy)
        object["details"] = .object(details.json)
        return object
    }
}

extension EventDescription {
    fileprivate var head: JSONObject {
        ["name": .string(name), "summary": .string(summary)]
    }

    /// The whole description, as `describe` answers it.
    package var json: JSONObject {
        var object = head
        object["fields"] = .object(fields.json)
        return object
    }
}
