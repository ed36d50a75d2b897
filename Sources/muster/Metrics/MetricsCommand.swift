import ArgumentParser
import MusterClient

/// Writes figures for Prometheus.
struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Write figures for Prometheus, in the form of its textfile collector.",
        discussion: """
            It only asks, so the query socket is enough. Counters begin anew when the daemon does. Where \
            the daemon does not answer, muster_up 0 is all that is written, and the exit status is that \
            of any verb.
            """)

    @Option(
        help: ArgumentHelp(
            "Replace this file, as a whole and with the mode 0644, instead of writing to standard "
                + "output. The collector takes names that end in .prom.", valueName: "file"),
        completion: .file(extensions: ["prom"]))
    var output: String?

    @Option(help: "The daemon's socket.", completion: .file())
    var socket: String?

    func run() async throws {
        let metrics: Metrics
        var failure: Failure?
        do throws(ClientError) {
            metrics = try await collect()
        } catch {
            metrics = Metrics()
            failure = Failure(error)
        }
        if let output {
            try NewFile.replace(output, with: metrics.text, mode: 0o644)
        } else {
            try Descriptor.output.write(metrics.text)
        }
        if let failure { throw failure }
    }

    private func collect() async throws(ClientError) -> Metrics {
        let connection = try await ConnectionOptions.connect(socket: socket)
        // Both go out together, so that the figures are of one moment.
        let status = connection.submit(Request("status"))
        let instances = connection.submit(Request("instance.list"))
        let metrics = Metrics(
            status: try await status.value().result,
            instances: try await instances.value().result["instances"]?.array ?? [], at: .now)
        await connection.close()
        return metrics
    }
}
