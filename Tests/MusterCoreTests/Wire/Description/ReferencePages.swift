import MusterCore

/// The reference pages of proto-docs, made from the description.
enum ReferencePages {
    static let notice =
        "<!-- Made by `make reference` from Sources/MusterCore/Wire/Description. -->"

    /// The pages by the names of their files.
    static let all: [(name: String, text: String)] = [
        ("methods.md", methods), ("errors.md", errors), ("events.md", events),
    ]

    /// The rows of a table of an object's properties, those of objects inside it behind their own.
    static func rows(_ schema: JSONObject, _ show: Shown, _ prefix: String = "") -> [String] {
        Schema.properties(of: schema).flatMap { name, property, isRequired -> [String] in
            let place = prefix + name
            let about = property["description"]?.string ?? ""
            let row =
                "| `\(place)` | \(cell(Schema.phrase(property))) | \(remark(property, isRequired, show)) |"
            // What is shown elsewhere is not repeated.
            guard !about.contains("as in `"), !about.contains("section 11") else { return [row] }
            if property["properties"] != nil { return [row] + rows(property, show, place + ".") }
            if let items = property["items"]?.object, items["properties"] != nil {
                return [row] + rows(items, show, place + "[].")
            }
            return [row]
        }
    }

    /// Whether a table is of what is sent or of what is answered.
    enum Shown {
        case sent
        case answered
    }

    private static func remark(_ property: JSONObject, _ isRequired: Bool, _ show: Shown) -> String
    {
        var parts: [String] = []
        switch (show, isRequired) {
        case (.sent, true): parts.append("required")
        case (.answered, false): parts.append("may be absent")
        case (.sent, false), (.answered, true): break
        }
        if let about = property["description"]?.string { parts.append(about) }
        if show == .sent, let usual = property["default"] {
            parts.append("default `\(String(decoding: usual.encoded(), as: UTF8.self))`")
        }
        return cell(parts.joined(separator: "; "))
    }

    static func cell(_ text: String) -> String {
        text.split(separator: "\n").joined(separator: " ").replacing("|", with: "\\|")
    }

    /// GitHub's name of a heading's place.
    static func anchor(_ heading: String) -> String { heading.replacing(".", with: "") }

    static func link(_ name: String, _ page: String = "") -> String {
        "[`\(name)`](\(page)#\(anchor(name)))"
    }

    /// Paragraphs with an empty line between them, and one newline at the end.
    static func joined(_ paragraphs: [String]) -> String {
        paragraphs.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }
}

extension ReferencePages {
    private static var events: String {
        let intro = """
            # Events of the log

            \(notice)

            What happened, as `muster log export`, `muster log dump --json` and other answers that show events
            write it: one JSON object an event, its fields in the order of these tables, the common ones before
            and behind its own. An optional value that is absent is an absent member; a cleared setting is
            `null`. Readers ignore fields and types that they do not know. The form in which events are stored
            is described in [`log.md`](log.md).
            """
        let table =
            ["| field | value | |", "|---|---|---|"]
            + rows(EventDescription.commonFields.json, .answered)
        let sections = EventDescription.all.map { event -> String in
            let own = rows(event.ownFields.json, .answered)
            let fields =
                own.isEmpty
                ? "" : (["\n\n| field | value | |", "|---|---|---|"] + own).joined(separator: "\n")
            return "## \(event.name)\n\n\(event.summary)\(fields)"
        }
        return joined([intro, "## Every event", table.joined(separator: "\n")] + sections)
    }
}
