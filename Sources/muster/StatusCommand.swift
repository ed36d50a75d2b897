import ArgumentParser
import MusterClient

/// Shows how the daemon fares, on one screen.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the daemon fares: log, audiences, runs, what needs attention.")

    @Flag(help: "Also print the hash of the state, which takes longer.")
    var stateHash = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let status = try await connection.connect().status(
            stateHash: stateHash, deadline: .seconds(300))
        try connection.show(status) { Self.screen(status) }
    }

    static func screen(_ status: JSONValue) -> String {
        var sheet = Sheet("musterd \(status["version"]?.string ?? "?")")
        sheet.add("running since", status["startedAt"]?.string?.readableTime)
        sheet.add("audiences", number(status["instances"]))
        sheet.add("members", number(status["members"]))
        if status["suppressed"] != 0 { sheet.add("kept out", number(status["suppressed"])) }
        sheet.add("position", number(status["position"]))
        sheet.add("log", logWords(status))
        sheet.add("room", DiskRoom(status).map(roomWords))
        sheet.add("longest stops", stopWords(status["longestStops"]))
        sheet.add("log id", status["logId"]?.string)
        sheet.add("chain", status["chain"]?.string)
        sheet.add("state hash", status["stateHash"]?.string)
        let parts = [
            sheet.text,
            list("under way", status["runsUnderWay"]) { item in
                "\(text(item, "instance")): run \(text(item, "run")), \(text(item, "step"))"
            },
            list("next", status["due"]) { item in
                "\(text(item, "instance")): \(text(item, "nextSync").readableTime)"
            },
            list("needs attention", status["attention"], attentionWords),
        ]
        return parts.compactMap { $0 }.joined(separator: "\n\n")
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
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private static func attentionWords(_ item: JSONValue) -> String {
        let run = item["run"]?.integer.map { ", run \($0)" } ?? ""
        let remedy = text(item, "remedy")
        return "\(text(item, "instance"))\(run): \(text(item, "message"))"
            + (remedy.isEmpty ? "" : "\n    \(remedy)")
    }

    private static func list(
        _ title: String, _ items: JSONValue?, _ words: (JSONValue) -> String
    ) -> String? {
        guard let items = items?.array, !items.isEmpty else { return nil }
        return ([title] + items.map { "  " + words($0).printable }).joined(separator: "\n")
    }

    private static func number(_ value: JSONValue?) -> String? { value?.integer?.grouped }

    private static func text(_ item: JSONValue, _ name: String) -> String {
        item[name]?.string ?? item[name]?.integer.map { String($0) } ?? ""
    }
}
