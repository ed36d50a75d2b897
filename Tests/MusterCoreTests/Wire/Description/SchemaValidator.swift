import MusterCore
import Testing

/// Holds values to published schemas, by the rules of JSON Schema and knowing nothing else.
struct SchemaValidator {
    /// Whether a member that an open object does not name is a fault too: of this daemon's own answers
    /// nothing may be missing in the documents.
    let isClosed: Bool

    /// What is wrong with `value`, and where; nil where nothing is.
    func fault(_ value: JSON, _ schema: JSONObject, at place: String = "") -> String? {
        if let fault = typeFault(value, schema) { return "\(place) \(fault)" }
        if let words = schema["enum"]?.array, !words.contains(value) {
            return "\(place) is no choice"
        }
        if let forms = schema["anyOf"]?.array,
            !forms.contains(where: { fault(value, $0.object ?? [:]) == nil })
        {
            return "\(place) has none of its forms"
        }
        if let forms = schema["oneOf"]?.array {
            // They say which members are there, of an object whose members are named elsewhere.
            let open = SchemaValidator(isClosed: false)
            let count = forms.count { open.fault(value, $0.object ?? [:]) == nil }
            if count != 1 { return "\(place) has \(count) of its forms" }
        }
        if let other = schema["not"]?.object,
            SchemaValidator(isClosed: false).fault(value, other) == nil
        {
            return "\(place) has what it must not have"
        }
        switch value {
        case .integer(let number): return rangeFault(number, schema).map { "\(place) \($0)" }
        case .string(let text): return textFault(text, schema).map { "\(place) \($0)" }
        case .array(let elements): return listFault(elements, schema, at: place)
        case .object(let object): return objectFault(object, schema, at: place)
        case .null, .bool: return nil
        }
    }

    private func typeFault(_ value: JSON, _ schema: JSONObject) -> String? {
        guard let type = schema["type"] else { return nil }
        let types = type.array?.compactMap(\.string) ?? [type.string ?? ""]
        let own =
            switch value {
            case .null: "null"
            case .bool: "boolean"
            case .integer: "integer"
            case .string: "string"
            case .array: "array"
            case .object: "object"
            }
        return types.contains(own) ? nil : "is \(own)"
    }

    private func rangeFault(_ number: Int64, _ schema: JSONObject) -> String? {
        if let least = schema["minimum"]?.integer, number < least { return "is too small" }
        if let most = schema["maximum"]?.integer, number > most { return "is too large" }
        return nil
    }

    private func textFault(_ text: String, _ schema: JSONObject) -> String? {
        if let most = schema["maxLength"]?.integer, text.unicodeScalars.count > most {
            return "is too long"
        }
        if let most = schema["maxBytes"]?.integer, text.utf8.count > most { return "is too long" }
        guard let pattern = schema["pattern"]?.string else { return nil }
        // A pattern that is none matches nothing, and every test of it fails.
        guard let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar),
            text.wholeMatch(of: regex) != nil
        else { return "does not follow \(pattern)" }
        return nil
    }

    private func listFault(_ elements: [JSON], _ schema: JSONObject, at place: String) -> String? {
        if let least = schema["minItems"]?.integer, elements.count < least {
            return "\(place) is too short"
        }
        if let most = schema["maxItems"]?.integer, elements.count > most {
            return "\(place) is too long"
        }
        guard let items = schema["items"]?.object else { return nil }
        for (index, element) in elements.enumerated() {
            if let fault = fault(element, items, at: "\(place)/\(index)") { return fault }
        }
        return nil
    }

    private func objectFault(_ object: JSONObject, _ schema: JSONObject, at place: String)
        -> String?
    {
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where object[name] == nil
        {
            return "\(place)/\(name) is missing"
        }
        let properties = schema["properties"]?.object
        for (name, value) in object.members {
            if let property = properties?[name]?.object {
                if let fault = fault(value, property, at: "\(place)/\(name)") { return fault }
            } else if schema["additionalProperties"] == false || (isClosed && properties != nil) {
                return "\(place)/\(name) is not known"
            }
        }
        return nil
    }
}

extension MethodDescription: CustomTestStringConvertible {
    package var testDescription: String { name }

    static func named(_ name: String) -> MethodDescription? { all.first { $0.name == name } }
}

extension ErrorDescription: CustomTestStringConvertible {
    package var testDescription: String { meaning.name }
}

extension EventDescription: CustomTestStringConvertible {
    package var testDescription: String { name }
}
