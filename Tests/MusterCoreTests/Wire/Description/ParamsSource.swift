import MusterCore

/// Parameters made from a schema: some that it takes, and many near them that it may not.
enum ParamsSource {
    /// The least value that the schema takes.
    static func least(_ schema: JSONObject) -> JSON {
        if let words = schema["enum"]?.array { return words[0] }
        if let forms = schema["anyOf"]?.array { return least(forms[0].object ?? [:]) }
        switch schema["type"]?.array?[0] ?? schema["type"] {
        case "boolean": return true
        case "integer": return .integer(max(1, schema["minimum"]?.integer ?? 1))
        case "array": return [least(schema["items"]?.object ?? [:])]
        case "object":
            var object = JSONObject()
            for (name, property, isRequired) in Schema.properties(of: schema) where isRequired {
                object[name] = least(property)
            }
            if let name = schema["oneOf"]?.array?[0].object?["required"]?.array?[0].string {
                object[name] = least(schema["properties"]?.object?[name]?.object ?? [:])
            }
            return .object(object)
        default:
            let validator = SchemaValidator(isClosed: true)
            return texts.first { validator.fault(.string($0), schema) == nil }.map { .string($0) }
                ?? .null
        }
    }

    /// Values of an object's schema, each different in one place from one that is taken.
    static func near(_ schema: JSONObject) -> [JSONObject] {
        let base = least(schema).object ?? [:]
        var variants = [base, with(base, "stranger", 1)]
        for (name, property, _) in Schema.properties(of: schema) {
            variants.append(with(base, name, nil))
            variants += values(near: property).map { with(base, name, $0) }
            // Beside what excludes it, and in its place.
            for other in schema["properties"]?.object?.members ?? [] where other.name != name {
                let pair = with(base, name, least(property))
                variants.append(with(pair, other.name, least(other.value.object ?? [:])))
                variants.append(with(pair, other.name, nil))
            }
        }
        return variants
    }

    private static func with(_ object: JSONObject, _ name: String, _ value: JSON?) -> JSONObject {
        var object = object
        object[name] = value
        return object
    }

    private static func values(near schema: JSONObject) -> [JSON] {
        var values: [JSON] = [nil, true, false, 0, -1, 1, 2, "", [], [nil], [:], ["a": 1], ["a"]]
        values += texts.map { .string($0) }
        values += (schema["enum"]?.array ?? []).flatMap { word -> [JSON] in
            guard let text = word.string else { return [word] }
            return [
                word, .string(text + "x"), .string(text.uppercased()), .string(text.lowercased()),
            ]
        }
        for form in schema["anyOf"]?.array ?? [] { values += Self.values(near: form.object ?? [:]) }
        for bound in ["minimum", "maximum"] {
            guard let bound = schema[bound]?.integer else { continue }
            values += [.integer(bound - 1), .integer(bound), .integer(bound + 1)]
        }
        if let most = schema["maxBytes"]?.integer.map({ Int($0) }) {
            values += ["a", "ü", "😀", "a\u{301}"].flatMap { letter -> [JSON] in
                let fits = most / letter.utf8.count
                return [fits, fits + 1].map { .string(String(repeating: letter, count: $0)) }
            }
        }
        if let items = schema["items"]?.object {
            let most = schema["maxItems"]?.integer.map { Int($0) } ?? 3
            values += [most, most + 1].map { .array(Array(repeating: least(items), count: $0)) }
            values += Self.values(near: items).map { [least(items), $0] }
        }
        if schema["properties"] != nil { values += near(schema).map { .object($0) } }
        return values
    }

    /// Texts at the edges of what names, times and zones may be.
    private static let texts =
        [
            "acme-us", "a", "0", "a.b_c-d", "-a", ".a", "_a", "Acme", "a b", "a/b", "ä", "a\n",
            "\n",
            "a\u{0}b", "a\u{7F}b", "a\u{85}b", "a\u{A0}b", "03:00", "00:00", "23:59", "24:00",
            "12:60",
            "3:00", "03:00:00", "03:0a", "UTC", "America/New_York", "Etc/GMT+5", "A/B/C", "A//B",
            "/A",
            "A/", "../A", "A/.b", "A/..", "A B", "+a", "US", "APAC", "email", "hashedEmail",
            "a@b.example",
        ]
        + ["A", "0", "g"].map { String(repeating: $0, count: 64) }
        + [31, 32, 33, 62, 63, 64, 65, 128, 129, 256, 257].map { String(repeating: "a", count: $0) }
}
