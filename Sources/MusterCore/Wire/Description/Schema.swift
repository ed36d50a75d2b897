/// The form of a JSON value, as a subset of JSON Schema (draft 2020-12).
///
/// One keyword is ours: `maxBytes`, a limit of the UTF-8 bytes of a string, where JSON Schema counts
/// characters. Objects of requests are closed (`additionalProperties`), those of answers are not,
/// because later versions add to them.
package struct Schema: Hashable, Sendable {
    /// The schema as it is published.
    package private(set) var json: JSONObject

    /// One named value of an object.
    package struct Property: Hashable, Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool

        /// A value that is always there.
        static func required(_ name: String, _ schema: Schema) -> Property {
            Property(name: name, schema: schema, isRequired: true)
        }

        /// A value that may be absent.
        static func optional(_ name: String, _ schema: Schema) -> Property {
            Property(name: name, schema: schema, isRequired: false)
        }
    }

    private init(_ type: String?, _ about: String, _ keywords: [(name: String, value: JSON)] = []) {
        var members: [(name: String, value: JSON)] = []
        if let type { members.append(("type", .string(type))) }
        if !about.isEmpty { members.append(("description", .string(about))) }
        json = JSONObject(members + keywords)
    }

    static func flag(_ about: String) -> Schema { Schema("boolean", about) }

    static func integer(
        _ about: String, in range: ClosedRange<Int64> = 0...JSON.integerLimit
    ) -> Schema {
        Schema(
            "integer", about,
            [("minimum", .integer(range.lowerBound)), ("maximum", .integer(range.upperBound))])
    }

    /// A string of up to `bytes` bytes that follows `pattern`.
    static func text(_ about: String, bytes: Int? = nil, pattern: String? = nil) -> Schema {
        var keywords: [(name: String, value: JSON)] = []
        if let bytes {
            keywords += [
                ("maxLength", .integer(Int64(bytes))), ("maxBytes", .integer(Int64(bytes))),
            ]
        }
        if let pattern { keywords.append(("pattern", .string(pattern))) }
        return Schema("string", about, keywords)
    }

    /// One of a closed set of strings.
    static func word(_ about: String, of words: [String]) -> Schema {
        Schema("string", about, [("enum", .array(words.map { .string($0) }))])
    }

    static func list(
        _ about: String, of element: Schema, count: ClosedRange<Int>? = nil
    ) -> Schema {
        var keywords: [(name: String, value: JSON)] = [("items", .object(element.json))]
        if let count {
            keywords += [
                ("minItems", .integer(Int64(count.lowerBound))),
                ("maxItems", .integer(Int64(count.upperBound))),
            ]
        }
        return Schema("array", about, keywords)
    }

    /// An object of an answer, which later versions may add to.
    static func object(_ about: String, _ properties: [Property]) -> Schema {
        var keywords: [(name: String, value: JSON)] = [
            (
                "properties",
                .object(JSONObject(properties.map { ($0.name, .object($0.schema.json)) }))
            )
        ]
        let required = properties.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { keywords.append(("required", .array(required))) }
        return Schema("object", about, keywords)
    }

    /// An object of a request, in which nothing else may stand.
    static func closed(_ about: String, _ properties: [Property]) -> Schema {
        var schema = object(about, properties)
        schema.json["additionalProperties"] = false
        return schema
    }

    /// An object of any members.
    static func anyObject(_ about: String) -> Schema { Schema("object", about) }

    /// A value of one of several forms.
    static func either(_ about: String, _ forms: [Schema]) -> Schema {
        Schema(nil, about, [("anyOf", .array(forms.map { .object($0.json) }))])
    }

    /// This object with exactly one of the named members.
    func withExactlyOne(of names: [String]) -> Schema {
        with("oneOf", .array(names.map { ["required": [.string($0)]] }))
    }

    /// This object with at most one of the named members.
    func withAtMostOne(of names: [String]) -> Schema {
        let pairs = names.indices.flatMap { first in
            names[(first + 1)...].map { second -> JSON in
                ["required": [.string(names[first]), .string(second)]]
            }
        }
        return with("not", ["anyOf": .array(pairs)])
    }

    /// The same with more words in its description.
    func adding(_ words: String) -> Schema {
        with("description", .string((json["description"]?.string ?? "") + words))
    }

    /// The same with a name for what the text is.
    func of(format: String) -> Schema { with("format", .string(format)) }

    /// What is taken where the value is absent.
    func defaulting(to value: JSON) -> Schema { with("default", value) }

    /// This value, or null.
    var orNull: Schema {
        var schema = self
        guard let type = json["type"] else { return self }
        schema.json["type"] = [type, "null"]
        if case .array(let words) = json["enum"] { schema.json["enum"] = .array(words + [.null]) }
        return schema
    }

    private func with(_ keyword: String, _ value: JSON) -> Schema {
        var schema = self
        schema.json[keyword] = value
        return schema
    }
}

extension Schema {
    /// The properties of an object's schema, in their order.
    package var properties: [(name: String, schema: JSONObject, isRequired: Bool)] {
        Self.properties(of: json)
    }

    /// The properties of a published object's schema, in their order.
    package static func properties(of schema: JSONObject)
        -> [(name: String, schema: JSONObject, isRequired: Bool)]
    {
        let required = schema["required"]?.array ?? []
        return (schema["properties"]?.object?.members ?? []).map { name, value in
            (name, value.object ?? [:], required.contains(.string(name)))
        }
    }

    /// The form of a published schema in a few words, without its description.
    package static func phrase(_ schema: JSONObject) -> String {
        if let forms = schema["anyOf"]?.array?.compactMap(\.object) {
            return forms.map(phrase).joined(separator: " or ")
        }
        let types = schema["type"]?.array?.compactMap(\.string) ?? [schema["type"]?.string ?? "any"]
        let type = types.first ?? "any"
        let end = types.contains("null") ? " or `null`" : ""
        if let words = schema["enum"]?.array?.compactMap(\.string) {
            return words.map { "`\($0)`" }.joined(separator: ", ") + end
        }
        if let format = schema["format"]?.string {
            return (format == "date" ? format : "time") + end
        }
        switch type {
        case "integer": return "integer" + range(schema) + end
        case "string": return text(schema) + end
        case "array": return "array" + count(schema) + end
        default: return type + end
        }
    }

    private static func range(_ schema: JSONObject) -> String {
        let (low, high) = (schema["minimum"]?.integer ?? 0, schema["maximum"]?.integer ?? 0)
        if high < JSON.integerLimit { return ", \(low.grouped) to \(high.grouped)" }
        return low == 0 ? "" : " from \(low.grouped)"
    }

    private static func text(_ schema: JSONObject) -> String {
        let bytes = schema["maxBytes"]?.integer.map { ", at most \($0) bytes" } ?? ""
        if schema["pattern"]?.string == hexPattern { return "64 hex digits" }
        // Without the anchors, which every pattern has.
        let pattern = schema["pattern"]?.string.map { ", `\($0.dropFirst().dropLast())`" } ?? ""
        return "string" + bytes + pattern
    }

    private static func count(_ schema: JSONObject) -> String {
        let items = schema["items"]?.object ?? [:]
        let noun =
            items["anyOf"] == nil ? "\(items["type"]?.string ?? "value")s" : "values"
        guard let low = schema["minItems"]?.integer, let high = schema["maxItems"]?.integer else {
            return " of \(noun)"
        }
        return " of \(low.grouped) to \(high.grouped) \(noun)"
    }
}

extension Int64 {
    /// With a comma between thousands.
    package var grouped: String {
        let digits = Array(String(magnitude))
        let text = digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index).isMultiple(of: 3) ? ",\(digit)" : "\(digit)"
        }
        return (self < 0 ? "-" : "") + text.joined()
    }
}
