import ArgumentParser
import MusterClient

/// Shows how the daemon fares, on one screen.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the daemon fares: log, audiences, runs, what needs attention.",
        discussion: """
            It fits a screen of 24 lines and 80 columns; what has no room is counted. What needs \
            attention comes first.

            Examples:
              muster status
              muster status --all --json

            JSON: the result of status.
            """)

    @Flag(help: "Also print the hash of the state, which takes longer.")
    var stateHash = false

    @Flag(help: "Print everything, however long.")
    var all = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let status = try await connection.connect().status(
            stateHash: stateHash, deadline: .seconds(300))
        try answer.show(status) {
            let screen = Self.screen(status)
            return all ? screen.wholeText : screen.text
        }
    }

    static func screen(_ status: JSONValue) -> Screenful {
        let facts = facts(status)
        return Screenful(
            facts.filter { !isDetail($0) }, details: facts.filter(isDetail),
            [
                Screenful.Section(
                    title: "needs attention", rest: "muster status --all",
                    items: items(status["attention"], attention)),
                Screenful.Section(
                    title: "under way", rest: "muster status --all",
                    items: items(status["runsUnderWay"], underWay)),
                Screenful.Section(
                    title: "next", rest: "muster instance list",
                    items: items(status["due"]) { item in
                        ["  \(text(item, "instance")): \(text(item, "nextSync").readableTime)"]
                    }),
            ])
    }

    /// What one can do without where room is short.
    private static func isDetail(_ line: String) -> Bool {
        ["  stops", "  log id", "  chain"].contains { line.hasPrefix($0) }
    }

    private static func facts(_ status: JSONValue) -> [String] {
        let since = status["startedAt"]?.string.map { ", running since \($0.readableTime)" } ?? ""
        var sheet = Sheet("musterd \(status["version"]?.string ?? "?")\(since)")
        sheet.add("audiences", number(status["instances"]))
        sheet.add("members", number(status["members"]))
        if status["suppressed"] != 0 { sheet.add("kept out", number(status["suppressed"])) }
        sheet.add("position", number(status["position"]))
        sheet.add("log", logWords(status))
        sheet.add("room", DiskRoom(status).map(roomWords))
        sheet.add("state hash", status["stateHash"]?.string)
        sheet.add("stops", stopWords(status["longestStops"]))
        sheet.add("log id", status["logId"]?.string)
        sheet.add("chain", status["chain"]?.string)
        return sheet.text.split(separator: "\n").map { String($0) }
    }

    private static func logWords(_ status: JSONValue) -> String? {
        guard let bytes = status["bytes"]?.integer else { return nil }
        let segments = status["segments"]?.integer ?? status["segments"]?.array?.count
        return bytes.size + (segments.map { " in \($0.counted("segment"))" } ?? "")
    }

    private static func roomWords(_ room: DiskRoom) -> String {
        "\(room.bytes.size) free"
            + (room.bytesADay.map { ", growing \($0.size) a day" } ?? "")
            + (room.days.map { ", for \($0.counted("day"))" } ?? "")
    }

    private static func stopWords(_ stops: JSONValue?) -> String? {
        let parts = ["frame", "commit", "rotation", "snapshot"].compactMap { name in
            stops?[name]?.integer.flatMap { $0 > 0 ? "\(name) \(($0 + 999) / 1000) ms" : nil }
        }
        return parts.isEmpty ? nil : "at most " + parts.joined(separator: ", ")
    }

    private static func underWay(_ item: JSONValue) -> [String] {
        let run = "run \(text(item, "run")), \(text(item, "step"))"
        return ["  \(text(item, "instance")): \(run)"]
    }

    private static func attention(_ item: JSONValue) -> [String] {
        let run = item["run"]?.integer.map { ", run \($0)" } ?? ""
        let message = "\(text(item, "instance"))\(run): \(item.messageInVerbs)"
        return message.wrapped(indent: "  ") + item.remedyInVerbs.wrapped(indent: "    ")
    }

    private static func items(
        _ items: JSONValue?, _ lines: (JSONValue) -> [String]
    ) -> [[String]] {
        (items?.array ?? []).map { lines($0).map(\.printableOnOneLine) }
    }

    private static func number(_ value: JSONValue?) -> String? { value?.integer?.grouped }

    private static func text(_ item: JSONValue, _ name: String) -> String {
        item[name]?.string ?? item[name]?.integer.map { String($0) } ?? ""
    }
}
