import ArgumentParser
import MusterClient
import MusterCore

/// Writes figures for Prometheus.
struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Write figures for Prometheus, in the form of its textfile collector.",
        discussion: """
            It only asks, so the query socket is enough. Counters begin anew when the daemon does. Where \
            the daemon does not answer, muster_up 0 is all that is written, and the exit status is that \
            of any verb.

            Examples:
              muster metrics
              muster metrics --output /var/lib/node_exporter/muster.prom

            JSON: metrics (name, type, help, samples (labels, value)); a value is text, because \
            it may have a point.
            """)

    @Option(
        help: ArgumentHelp(
            "Replace this file, as a whole and with the mode 0644, instead of writing to standard "
                + "output. The collector takes names that end in .prom.", valueName: "file"),
        completion: .file(extensions: ["prom"]))
    var output: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let metrics: Metrics
        var failure: Failure?
        do throws(ClientError) {
            metrics = try await collect()
        } catch {
            metrics = Metrics()
            failure = Failure(error)
        }
        let text = answer.json ? metrics.json.pretty() + "\n" : metrics.text
        if let output {
            try NewFile.replace(output, with: text, mode: 0o644)
            answer.note("wrote \(output): \(text.utf8.count.size)")
        } else {
            try Descriptor.output.write(text)
        }
        if let failure { throw failure }
    }

    private func collect() async throws(ClientError) -> Metrics {
        let muster = try await connection.connect()
        // Both go out together, so that the figures are of one moment.
        let status = muster.submit(Request("status"))
        let instances = muster.submit(Request("instance.list"))
        let metrics = Metrics(
            status: try await status.value().result,
            instances: try await instances.value().result["instances"]?.array ?? [], at: .now)
        await muster.close()
        return metrics
    }
}
