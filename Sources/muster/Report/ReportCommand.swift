import ArgumentParser
import MusterClient
import MusterCore

/// Writes a page about one audience.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write a page with pictures of one audience.",
        discussion: """
            The page is one HTML file that needs no network and no script: size over time, who came and \
            went in counts, runs with outcome and duration, health clocks, and a table under each. It \
            holds no address and no digest of a person.

            The daemon is asked, so neither root nor the state directory is needed, and the query socket \
            is enough. It reads its log beside its other work, and this program keeps one row a day, \
            however long the log is.

            Examples:
              muster report spring -o spring.html
              muster report spring --days 365 -o - | ssh www 'cat > spring.html'

            JSON: instead of the page: instance, madeAt, position, members, spans (from, to, \
            came, went, members), runs (as in sync list), health (as in instance show), \
            attention (as in status).
            """)

    /// Ten years, and as many rows.
    static let mostDays = 3660

    @Argument(help: "The audience's name.")
    var instance: String

    @Option(
        name: .shortAndLong,
        help: "The file, which is replaced as a whole with the mode 0644; - is standard output.",
        completion: .file(extensions: ["html"]))
    var output: String?

    @Option(help: "How many days to show; of more than 92 a bar is a week, four weeks or more.")
    var days = 90

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func validate() throws {
        if output == nil, !answer.json {
            throw ValidationError("Name the page's file with --output, or - for standard output.")
        }
        if !(1...Self.mostDays).contains(days) {
            throw ValidationError("--days is 1 to \(Self.mostDays).")
        }
    }

    func run() async throws {
        let report = try await collect()
        let text = answer.json ? report.json.prettyText + "\n" : report.page
        guard let output, output != "-" else {
            return try Descriptor.output.write(text)
        }
        try NewFile.replace(output, with: text, mode: 0o644)
        answer.note("wrote \(output): \(text.utf8.count.size)")
    }

    private func collect() async throws(ClientError) -> AudienceReport {
        let muster = try await connection.connect()
        let shown = try await muster.instance(instance)
        let runs = try await muster.runs(of: instance)
        let attention = try await muster.status()["attention"]?.array ?? []
        let history = try await history(muster)
        await muster.close()
        return AudienceReport(
            instance: shown, runs: runs, history: history, days: days,
            attention: attention.filter { $0["instance"]?.string == instance }, now: .now)
    }

    /// Folds the audience's events as they come.
    private func history(_ muster: MusterConnection) async throws(ClientError) -> AudienceHistory {
        let end = try await muster.hello().position
        var history = AudienceHistory()
        var live = LiveLine()
        defer { live.clear() }
        var events = muster.log(types: AudienceHistory.types, instance: instance)
            .makeAsyncIterator()
        while let element = try await events.next() {
            history.take(element)
            guard !answer.quiet else { continue }
            live.show("\(Bar.text(done: history.position, of: end))  \(instance): reading the log")
        }
        return history
    }
}
