import ArgumentParser
import MusterClient

/// What the verbs that begin a run take.
struct SyncOptions: ParsableArguments {
    @Flag(help: "Wait until the run has ended.")
    var wait = false

    @Flag(help: "Send it though it was sent within the last hour.")
    var again = false

    @OptionGroup var connection: ConnectionOptions

    /// Begins a run, and stays with it to its end where that was asked for.
    func begin(_ instance: String, approving approval: Approval? = nil) async throws {
        let muster = try await connection.connect()
        guard wait else {
            let id = try await muster.syncNow(instance, again: again, approving: approval)
            return try connection.show(["run": .integer(id)]) {
                "run \(id) of \(instance) is requested; muster sync show \(id) says how it fares"
            }
        }
        var said: String?
        for try await progress in muster.sync(instance, again: again, approving: approval) {
            switch progress {
            case .requested: continue
            case .changed(let run): try show(run, &said)
            case .ended(let run):
                if connection.json { try Descriptor.output.line(run.json.prettyText) }
                try show(run, &said)
                if let failure = Failure(endOf: run) { throw failure }
            }
        }
    }

    /// Prints a line where there is something new for people.
    private func show(_ run: Run, _ said: inout String?) throws(Failure) {
        guard !connection.json, run.progress != said else { return }
        said = run.progress
        try Descriptor.output.line(run.progress)
    }
}
