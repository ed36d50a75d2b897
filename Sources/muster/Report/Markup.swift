/// HTML that is built of elements, so that no text can become markup.
struct Markup {
    typealias Attributes = KeyValuePairs<String, String>

    private(set) var text = ""

    /// An element with what `content` adds to it.
    mutating func add(
        _ name: String, _ attributes: Attributes = [:], content: (inout Markup) -> Void
    ) {
        open(name, attributes, end: ">")
        content(&self)
        text += "</\(name)>\n"
    }

    /// An element with a text in it.
    mutating func add(_ name: String, _ attributes: Attributes, _ words: String) {
        open(name, attributes, end: ">")
        text += words.escaped
        text += "</\(name)>\n"
    }

    /// An element without attributes, with a text in it.
    mutating func add(_ name: String, _ words: String) { add(name, [:], words) }

    /// An element without content.
    mutating func add(_ name: String, _ attributes: Attributes) {
        open(name, attributes, end: "/>\n")
    }

    /// Words between elements.
    mutating func add(words: String) { text += words.escaped }

    /// Text that is markup already: the page's own style.
    mutating func add(raw: StaticString) { text += "\(raw)" }

    private mutating func open(_ name: String, _ attributes: Attributes, end: String) {
        text += "<\(name)"
        for (name, value) in attributes { text += " \(name)=\"\(value.escaped)\"" }
        text += end
    }
}

extension String {
    /// As text or an attribute's value of HTML, without what no page may hold.
    var escaped: String {
        let plain = printableOnOneLine
        guard plain.utf8.contains(where: { Self.marks.contains($0) }) else { return plain }
        var text = ""
        for character in plain.unicodeScalars {
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    private static let marks = Set("&<>\"'".utf8)
}
