import ArgumentParser
import MusterCore
import MusterStore

/// What both ends of the harness of kills know of a script.
struct ScriptOptions: ParsableArguments {
    @Option(help: "The state directory.") var directory: String
    @Option(help: "Which script.") var seed: UInt64 = 1
    @Option(help: "How many turns; a third of them are more than one command.") var turns = 80
    @Option(help: "The planted bug.") var bug: Bug?
}

/// A script of commands on the host's files, in a process that can be told where to die.
struct Script: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs a script on real files, and kills itself at a chosen call.",
        discussion: """
            Each acknowledged position is printed at once. At the end come "calls N", the number of \
            places to die at, and with --trace "changes" and the calls that change something.
            """)

    @OptionGroup var options: ScriptOptions
    @Option(help: "Die at this call.") var killAt: Int?
    @Flag(help: "Print the calls that change something.") var trace = false

    func run() throws {
        let files = KillingFileSystem(root: options.directory, killAt: killAt)
        var history = History()
        var play = try Play(options, on: files)
        history.onAcknowledged = { Screen.say("acknowledged \($0)") }
        while try play.step(&history) {}
        try play.end()
        Screen.say("calls \(files.calls)")
        if trace { Screen.say("changes " + files.changes.joined(separator: " ")) }
    }
}

/// The turns of a script; without a log they are the same, in memory.
struct Play {
    private var ledger: Ledger
    private var left: Int

    init(_ options: ScriptOptions, on files: any FileSystem) throws(LogError) {
        ledger = try Ledger(files, seed: options.seed, bug: options.bug)
        left = options.turns
    }

    var state: State { ledger.state }

    /// The next turn and what is done beside it; false when the script is over.
    mutating func step(_ history: inout History) throws(LogError) -> Bool {
        guard left > 0 else { return false }
        left -= 1
        try ledger.turn(&history)
        try ledger.tend()
        return true
    }

    func end() throws(LogError) {
        try ledger.snapshot()
        try ledger.close()
    }
}

/// Whether what a killed script left is right.
struct ScriptCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "script-check",
        abstract: "Opens what a killed script left, and says what is lost or phantom.")

    @OptionGroup var options: ScriptOptions
    @Option(help: "The last position that was acknowledged.") var acknowledged: Position

    func run() throws {
        var history = History()
        var play = try Play(options, on: SimulatedDisk(seed: 1))
        while try play.step(&history) {}
        let verdict = try verdict(history)
        Screen.say(verdict)
        if verdict != "right" { throw ExitCode(1) }
    }

    /// Starts twice: a start must leave what it found.
    private func verdict(_ whole: History) throws(LogError) -> String {
        for _ in 0..<2 {
            var found = Ledger.Found()
            let ledger = try Ledger(
                PosixFileSystem(root: options.directory), seed: 1, found: &found)
            try ledger.close()
            guard whole.hashes[found.state.position] == StateHash.of(found.state) else {
                return "phantom: \(found.state.position)"
            }
            guard found.state.position >= acknowledged else {
                return "lost: \(acknowledged - found.state.position)"
            }
        }
        return LogVerification(PosixFileSystem(root: options.directory)).isWhole
            ? "right" : "not whole"
    }
}
