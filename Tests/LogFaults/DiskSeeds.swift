import ArgumentParser
import MusterCore
import MusterStore

/// Histories on a simulated disk on which something goes wrong.
struct DiskSeeds: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disk",
        abstract: "Histories on a simulated disk that loses, reorders, tears, fails, fills or lies."
    )

    @Option(help: "The first seed.") var from: UInt64 = 0
    @Option(help: "How many seeds.") var seeds: UInt64 = 1000
    @Option(help: "The planted bug.") var bug: Bug?

    func run() throws {
        var count = SeedCount()
        for seed in from..<from + seeds {
            var history = SeedHistory(seed: seed, bug: bug)
            history.run()
            count.add(history)
        }
        Screen.say(count.text)
        if count.isRed { throw ExitCode(1) }
    }
}

/// What so many seeds came to.
struct SeedCount {
    private var seeds = 0
    private var lives = 0
    private var acknowledged: Position = 0
    private var refusals = 0
    private var full = 0
    private var lostByLies: Position = 0
    private var wrong: [String] = []

    mutating func add(_ history: SeedHistory) {
        seeds += 1
        lives += history.lives
        acknowledged += history.acknowledged
        refusals += history.refusals
        full += history.full
        lostByLies += history.lostByLies
        wrong += history.wrong.map { "seed \(history.seed) (\(history.trouble)): \($0)" }
    }

    var isRed: Bool { !wrong.isEmpty }

    var text: String {
        let lost = wrong.count { $0.hasSuffix("lost") }
        let summary =
            "disk: \(seeds) seeds, \(lives) lives, \(acknowledged) events acknowledged, "
            + "\(refusals) damaged logs refused, \(full) times full, \(lostByLies) events lost by a "
            + "lying disk and none made up; \(lost) lost, \(wrong.count - lost) phantom or worse"
        return ([summary] + wrong.prefix(5)).joined(separator: "\n")
    }
}

/// What goes wrong in one history.
enum Trouble: CaseIterable {
    case powerCuts
    case kills
    case errors
    case fullDisk
    case bitFlips
    case lies
    case powerCutsAfterErrors

    /// Whether a process may end by it.
    var endsLives: Bool {
        switch self {
        case .powerCuts, .errors, .lies, .powerCutsAfterErrors: true
        case .kills, .fullDisk, .bitFlips: false
        }
    }
}

/// One history: several lives of a log on one disk, each ended by what the seed chose.
struct SeedHistory {
    let seed: UInt64
    let trouble: Trouble
    private(set) var lives = 0
    private(set) var acknowledged: Position = 0
    private(set) var refusals = 0
    private(set) var full = 0
    private(set) var lostByLies: Position = 0
    private(set) var wrong: [String] = []
    private let bug: Bug?
    private var random: Random
    private var disk: SimulatedDisk
    private var history = History()

    init(seed: UInt64, bug: Bug?) {
        self.seed = seed
        self.bug = bug
        random = Random(seed: seed)
        trouble = Trouble.allCases[Int(seed % UInt64(Trouble.allCases.count))]
        disk = SimulatedDisk(seed: random.next())
    }

    mutating func run() {
        for _ in 0..<5 where wrong.isEmpty {
            lives += 1
            prepareTrouble()
            let before = history.acknowledged
            live()
            acknowledged += history.acknowledged - min(before, history.acknowledged)
            end()
            guard check() else { return }
        }
    }

    private mutating func prepareTrouble() {
        switch trouble {
        case .powerCuts: disk.cutPower(after: random.below(120))
        case .errors, .powerCutsAfterErrors: disk.fail(after: random.below(120), with: 5)
        case .fullDisk: disk.setCapacity((20 << 10) + random.below(100 << 10))
        case .lies: disk.lie(oneIn: 3)
        case .kills, .bitFlips: break
        }
    }

    /// A process until it stops or fails.
    private mutating func live() {
        do throws(LogError) {
            var found = Ledger.Found()
            let files = BuggyFileSystem(inner: disk, bug: bug)
            var ledger = try Ledger(files, seed: random.next(), bug: bug, found: &found)
            if let repaired = found.repaired { try ledger.note(repaired, in: &history) }
            for _ in 0..<random.below(24) + 4 {
                do throws(LogError) {
                    try ledger.turn(&history)
                } catch .full {
                    try meetFullDisk(&ledger)
                }
                try ledger.tend()
            }
            if trouble == .bitFlips || random.flag() { try ledger.close() }
        } catch {
            guard case .failed = error, trouble.endsLives else {
                return wrong.append("a life ended: \(error.message)")
            }
        }
    }

    /// Nothing was decided, runs can end where this process has a segment, and where there is room
    /// again commands are taken.
    private mutating func meetFullDisk(_ ledger: inout Ledger) throws(LogError) {
        full += 1
        if ledger.hasAppended { try ledger.endRuns(&history) }
        disk.setCapacity(.max)
        try ledger.turn(&history)
    }

    /// What becomes of the disk when the process is gone.
    private mutating func end() {
        switch trouble {
        case .powerCuts, .lies, .powerCutsAfterErrors: disk = disk.crashed()
        case .kills, .errors, .fullDisk, .bitFlips: disk = disk.released()
        }
        disk.lie(oneIn: 0)
        if trouble == .fullDisk { disk.setCapacity(.max) }
        if trouble == .bitFlips { flip() }
    }

    /// Flips one bit of what a closed log has on the disk.
    private mutating func flip() {
        let files = disk.files.filter { !$0.value.isEmpty && $0.key != "spare.seg" }
        let names = files.keys.sorted()
        guard !names.isEmpty else { return }
        let name = names[random.below(names.count)]
        guard var bytes = files[name] else { return }
        let bit = random.below(bytes.count * 8)
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        disk.put(bytes, at: name)
    }

    /// Opens the log and holds it against what was sent; false where there is no next life.
    private mutating func check() -> Bool {
        let before = disk.files
        do throws(LogError) {
            var found = Ledger.Found()
            let checked = disk.released()
            let ledger = try Ledger(
                BuggyFileSystem(inner: checked, bug: bug), seed: 1, found: &found)
            try ledger.close()
            judge(found.state)
            return wrong.isEmpty
        } catch {
            return refused(error, before)
        }
    }

    private mutating func judge(_ found: State) {
        switch history.verdict(on: found) {
        case .right: break
        case .lost(let events) where trouble == .lies: lostByLies += events
        case .lost: wrong.append("lost")
        case .phantom: wrong.append("phantom")
        }
        history.settle(on: found)
    }

    private mutating func refused(_ error: LogError, _ before: [String: [UInt8]]) -> Bool {
        refusals += 1
        if trouble != .bitFlips, trouble != .lies {
            wrong.append("refused: \(error.message)")
        }
        if disk.files != before { wrong.append("changed by a refused start") }
        return false
    }
}
