import ArgumentParser
import MusterClient
import Synchronization

/// What the verbs that begin a run take.
struct SyncOptions: ParsableArguments {
    @Flag(help: "Wait until the run has ended.")
    var wait = false

    @Flag(help: "Send it though it was sent within the last hour.")
    var again = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    /// Whether the steps of a run are told.
    private var isTold: Bool { !answer.json && !answer.quiet }

    /// Begins a run, and stays with it to its end where that was asked for.
    func begin(_ instance: String, approving approval: Approval? = nil) async throws {
        let muster = try await connection.connect()
        guard wait else {
            let id = try await muster.syncNow(instance, again: again, approving: approval)
            return try answer.confirm(["run": .integer(id)]) {
                "run \(id) of \(instance) is requested; muster sync show \(id) says how it fares"
            }
        }
        let begun = BegunRun(instance: instance)
        await PartingWords.say { begun.interruption }
        var screen = RunScreen()
        defer { screen.end() }
        for try await progress in muster.sync(instance, again: again, approving: approval) {
            switch progress {
            case .requested(let run): begun.id = run
            case .changed(let run): if isTold { try screen.show(run) }
            case .ended(let run):
                if answer.json { try Descriptor.output.line(run.json.prettyText) }
                if isTold { try screen.show(run) }
                screen.end()
                if let failure = Failure(endOf: run) { throw failure }
            }
        }
    }
}

/// The run that is waited for, which whoever interrupts the waiting is told of.
private final class BegunRun: Sendable {
    private let instance: String
    private let known = Mutex<Int?>(nil)

    init(instance: String) {
        self.instance = instance
    }

    var id: Int? {
        get { known.withLock { $0 } }
        set { known.withLock { $0 = newValue } }
    }

    var interruption: String {
        guard let id else {
            return "interrupted; muster sync list \(instance) says whether a run began"
        }
        return "no longer waiting: run \(id) goes on, and muster sync show \(id) says how it fares"
    }
}
