import ArgumentParser

/// The harnesses of the log that need no kernel's help: each prints one line of counts, and ends
/// with 1 where a rule was broken.
@main
struct LogFaults: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-faults",
        abstract: "Breaks the log in every way a disk or a kill can, and looks for what is lost.",
        discussion: "With --bug a mistake is planted, and the harness must notice it.",
        subcommands: [
            Script.self, ScriptCheck.self, DiskSeeds.self, TornTails.self, BitRot.self,
            Replays.self, CrowdedMembers.self, Erasures.self,
        ])
}
