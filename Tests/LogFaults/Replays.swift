import ArgumentParser
import MusterCore
import MusterStore

/// Random sequences of commands, and the state that each way of reading their log gives.
struct Replays: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replays",
        abstract: "Compares the live state with a replay and with snapshot and tail.")

    @Option(help: "The first seed.") var from: UInt64 = 0
    @Option(help: "How many sequences.") var sequences: UInt64 = 1000
    @Option(help: "The planted bug.") var bug: Bug?

    func run() throws {
        var events: Position = 0
        var fromSnapshots = 0
        var wrong: [UInt64] = []
        for seed in from..<from + sequences {
            let found = try Sequence(seed: seed, bug: bug).compare()
            events += found.events
            fromSnapshots += found.usedSnapshot ? 1 : 0
            if !found.agrees { wrong.append(seed) }
        }
        Screen.say(
            "replays: \(sequences) sequences, \(events) events, \(fromSnapshots) also from snapshot and "
                + "tail, \(wrong.count) differ" + (wrong.first.map { ", first seed \($0)" } ?? ""))
        if !wrong.isEmpty || fromSnapshots == 0 { throw ExitCode(1) }
    }

    private struct Sequence {
        let seed: UInt64
        let bug: Bug?

        func compare() throws -> (agrees: Bool, events: Position, usedSnapshot: Bool) {
            var random = Random(seed: seed)
            let disk = SimulatedDisk(seed: seed)
            var ledger = try Ledger(disk, seed: seed)
            var history = History()
            let turns = 5 + random.below(30)
            let snapshotAt = random.below(2 * turns)
            for turn in 0..<turns {
                try ledger.turn(&history)
                if turn == snapshotAt { try ledger.snapshot() }
            }
            try ledger.close()
            let live = StateHash.of(ledger.state)
            var whole = Ledger.Found()
            var tail = Ledger.Found()
            try Ledger(disk, seed: 1, bug: bug, usesSnapshots: false, found: &whole).close()
            try Ledger(disk, seed: 1, bug: bug, found: &tail).close()
            let agrees =
                StateHash.of(whole.state) == live && StateHash.of(tail.state) == live
                && tail.passedOver.isEmpty
            return (agrees, ledger.state.position, tail.replayed < whole.replayed)
        }
    }
}
