/// Text that fits one screen of 24 lines and 80 columns, with the prompt below it.
struct Screenful {
    /// A list under a title; each item has one line or more.
    struct Section {
        let title: String
        /// The verb that shows what has no room.
        let rest: String
        let items: [[String]]
    }

    static let rows = 23
    static let columns = 80
    /// A blank line, a title, and one line that counts what has no room.
    private static let least = 3

    private let head: [String]
    private let details: [String]
    private let sections: [Section]

    /// `details` belong to the head, and give way where the sections need their room.
    init(_ head: [String], details: [String], _ sections: [Section]) {
        self.head = head
        self.details = details
        self.sections = sections.filter { !$0.items.isEmpty }
    }

    /// The first sections have what room there is; each later one has a line at least.
    var text: String {
        let all = whole
        guard all.count > Self.rows else { return all.map { Self.cut($0) }.joined(separator: "\n") }
        var lines = head
        for (index, section) in sections.enumerated() {
            let later = sections.count - index - 1
            lines += Self.lines(of: section, Self.rows - lines.count - later * Self.least)
        }
        return lines.map { Self.cut($0) }.joined(separator: "\n")
    }

    /// All of it, however long.
    var wholeText: String { whole.joined(separator: "\n") }

    private var whole: [String] {
        head + details + sections.flatMap { [""] + [$0.title] + $0.items.flatMap(\.self) }
    }

    private static func lines(of section: Section, _ room: Int) -> [String] {
        let all = section.items.flatMap(\.self)
        guard all.count + 2 > room else { return ["", section.title] + all }
        var lines: [String] = []
        var shown = 0
        for item in section.items {
            guard lines.count + item.count + least <= room else { break }
            lines += item
            shown += 1
        }
        if shown == 0 {
            lines = Array(section.items[0].prefix(max(0, room - least)))
            shown = lines.isEmpty ? 0 : 1
        }
        let left = section.items.count - shown
        let more = shown == 0 ? left.grouped : left == 0 ? "in full" : "and \(left.grouped) more"
        return ["", section.title] + lines + ["  \(more): \(section.rest)"]
    }

    private static func cut(_ line: String) -> String {
        line.count <= columns ? line : line.prefix(columns - 3) + "..."
    }
}

extension String {
    /// The text in lines of so many columns, parted between words, each after `indent`.
    func wrapped(indent: String, columns: Int = Screenful.columns) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in split(separator: " ") {
            if !line.isEmpty, indent.count + line.count + 1 + word.count > columns {
                lines.append(indent + line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return line.isEmpty ? lines : lines + [indent + line]
    }
}
