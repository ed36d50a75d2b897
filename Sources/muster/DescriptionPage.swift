import MusterClient
import MusterCore

extension ProtocolDescription.Item {
    /// All of it, for people.
    var page: String {
        let parts = [
            head, text("details")?.reflowed, text("causes")?.reflowed,
            text("clientAction").map { "A program: \($0)" },
            (ServerError.remedyInVerbs(of: name) ?? text("remedy")).map { "A person: \($0)" },
            fields("parameters", "params"), fields("result", "result"),
            fields("each result of a stream", "stream"),
            fields("details", "details"), fields("fields", "fields"),
            remarks("errors"), remarks("warnings"),
        ]
        return parts.compactMap(\.self).joined(separator: "\n\n").printable
    }

    private var head: String {
        let exit = json["exitCode"]?.integer.map { ", exit code \($0)" } ?? ""
        let again = json["retryable"]?.bool.map { $0 ? ", may succeed later" : "" } ?? ""
        let kind = json["kind"]?.string.map { " (\($0)\(exit)\(again))" } ?? ""
        return "\(name)\(kind)\n\(summary)"
    }

    /// A member's text, unless it is empty.
    private func text(_ name: String) -> String? {
        guard let text = json[name]?.string, !text.isEmpty else { return nil }
        return text
    }

    private func fields(_ title: String, _ member: String) -> String? {
        guard let schema = json[member]?.json.object, schema["type"] != nil else { return nil }
        let rows = Self.rows(schema, "")
        guard !rows.isEmpty else { return nil }
        var table = Table([("", .left), ("", .left), ("", .left)])
        for row in rows { table.add(["  " + row.name, row.form, row.about]) }
        return title + "\n" + table.text
    }

    private typealias Row = (name: String, form: String, about: String)

    private static func rows(_ schema: JSONObject, _ prefix: String) -> [Row] {
        Schema.properties(of: schema).flatMap { name, property, isRequired -> [Row] in
            let about = property["description"]?.string ?? ""
            let form = Schema.phrase(property).replacing("`", with: "")
            let row = Self.row(prefix + name, form, isRequired: isRequired, about)
            let items = property["items"]?.object ?? [:]
            return [row] + rows(property, "\(prefix)\(name).") + rows(items, "\(prefix)\(name)[].")
        }
    }

    /// A choice of many words would push what a row is about off the screen, and stands behind it.
    private static func row(_ name: String, _ form: String, isRequired: Bool, _ about: String)
        -> Row
    {
        let ending = isRequired ? "" : ", optional"
        guard form.count > 48 else { return (name, form + ending, about) }
        return (name, "one of" + ending, about.isEmpty ? form : "\(about): \(form)")
    }

    private func remarks(_ member: String) -> String? {
        guard let items = json[member]?.array, !items.isEmpty else { return nil }
        var sheet = Sheet(member)
        for item in items { sheet.add(item["name"]?.string ?? "", item["when"]?.string ?? "") }
        return sheet.text
    }
}

extension String {
    /// With each paragraph in one line, but for lists and what else stands in lines of its own.
    fileprivate var reflowed: String {
        split(separator: "\n\n").map { paragraph in
            let lines = paragraph.split(separator: "\n")
            let isProse = lines.allSatisfy { $0.first.map { !" -|#".contains($0) } ?? true }
            return isProse ? lines.joined(separator: " ") : String(paragraph)
        }.joined(separator: "\n\n")
    }
}
