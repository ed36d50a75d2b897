import ArgumentParser
import MusterClient

/// Shows one run.
struct SyncShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one run of a sync.",
        discussion: """
            Examples:
              muster sync show 4711

            JSON: the result of sync.show.
            """)

    @Argument(help: "The run's number.")
    var run: Int

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let shown = try await connection.connect().run(run)
        try answer.show(shown.json) { shown.sheet }
    }
}

extension Run {
    fileprivate var sheet: String {
        var sheet = Sheet("run \(id) of \(instance)")
        sheet.add("state", stateWord)
        sheet.add("why", endWords)
        sheet.add("remedy", RunEnd(self)?.remedy)
        sheet.add("detail", detail)
        sheet.add("date", date)
        sheet.add(
            "cause",
            [cause, approvedRun.map { "of run \($0)" }].compactMap { $0 }.joined(separator: " "))
        sheet.add("members", count?.grouped)
        sheet.add("added", added?.grouped)
        sheet.add("removed", removed?.grouped)
        sheet.add("file", bytes?.size)
        sheet.add("digest", digest)
        sheet.add("position", position?.grouped)
        sheet.add("reference", reference)
        sheet.add("request id", json["requestId"]?.string)
        sheet.add("attempts", attempts?.grouped)
        sheet.add("began", startedAt?.readableTime)
        sheet.add("ended", endedAt?.readableTime)
        sheet.add("took", duration.map { Int($0.components.seconds).secondsInWords })
        sheet.add("stale", isRemoteStale ? "The Trade Desk still holds an older list" : nil)
        sheet.add("drop status", dropStatus)
        return sheet.text
    }

    private var endWords: String? {
        RunEnd(self).map { "\($0.word): \($0.meaning)" } ?? reason ?? failureClass
    }
}
