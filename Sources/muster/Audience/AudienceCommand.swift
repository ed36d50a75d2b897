import ArgumentParser
import MusterCore
import MusterStore

/// The verbs about what an audience was at some time, and about going back to it.
struct AudienceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audience",
        abstract: "Look at an audience as it was at any time, and go back to it.",
        discussion: """
            These verbs read the log in the state directory, also while the daemon appends to it, and \
            need the rights of its owner or of root. restore talks to the daemon too.

            A moment is a position of the log, or a time such as 2026-11-23T03:00:00Z, which means the \
            last event before the first one that is later; only positions order events.
            """,
        subcommands: [
            AudienceShow.self, AudienceExport.self, AudienceDiff.self, AudienceRestore.self,
        ])
}

/// Where the verbs about the past of an audience read.
struct AudienceDirectory: ParsableArguments {
    @Option(help: "The daemon's state directory.", completion: .directory)
    var stateDirectory = "/var/lib/musterd"

    /// The directory's files.
    func files() throws(Failure) -> PosixFileSystem {
        try StateDirectory.files(at: stateDirectory)
    }
}

/// What the verbs take that only read.
struct AudienceOptions: ParsableArguments {
    @OptionGroup var directory: AudienceDirectory

    @OptionGroup var answer: AnswerOptions
}
