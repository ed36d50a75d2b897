import ArgumentParser
import Glibc
import MusterCore
import MusterStore

/// People erased one after another from random logs, the power cut at every write on the way.
struct Erasures: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erasures",
        abstract: "Erases people and looks for what still names them, or was lost with them.",
        discussion: """
            Whatever a power cut leaves is opened again: either nothing has happened, or nobody is named \
            any more in any file, the log verifies, and everybody else is where they were, live, in a \
            replay and in snapshot and tail.
            """)

    @Option(help: "The first seed.") var from: UInt64 = 0
    @Option(help: "How many people.") var people = 1000
    @Option(help: "How many of one log.") var ofEach = 20
    @Option(help: "The planted bug.") var bug: Bug?

    func run() throws {
        var count = ErasureCount()
        var seed = from
        while count.people < people {
            var log = try ErasedLog(seed: seed, bug: bug)
            try log.erase(min(ofEach, people - count.people), &count)
            seed += 1
        }
        try count.verdict.tell(
            "erasures: \(count.people) people of \(count.logs) logs, \(count.cuts) power cuts")
    }
}

/// What so many erasures came to.
struct ErasureCount {
    var people = 0
    var logs = 0
    var cuts = 0
    var verdict = Verdict()
}

/// A random log, and the people in it.
private struct ErasedLog {
    private var disk: SimulatedDisk
    private let seed: UInt64
    private let bug: Bug?
    private var random: Random
    private static let eraser = Actor.peer(uid: 5, gid: 6, pid: 7)

    init(seed: UInt64, bug: Bug?) throws {
        self.seed = seed
        self.bug = bug
        random = Random(seed: seed)
        disk = SimulatedDisk(seed: seed)
        var history = History()
        var ledger = try Ledger(disk, seed: seed)
        for turn in 0..<40 {
            try ledger.turn(&history)
            if turn == 20 { try ledger.snapshot() }
        }
        try ledger.close()
    }

    mutating func erase(_ most: Int, _ count: inout ErasureCount) throws {
        count.logs += 1
        let names = (0..<150).map { "person\($0)@example.com" }
        let named = names.filter { Needles($0).isIn(disk) }
        let first = random.below(max(1, named.count - most))
        for person in named.dropFirst(first).prefix(most) {
            try erase(person, &count)
            count.people += 1
        }
    }

    private mutating func erase(_ person: String, _ count: inout ErasureCount) throws {
        let before = try Self.told(disk.released())
        var writes = 0
        while true {
            let tried = disk.released()
            tried.cutPower(after: writes)
            let isDone = Self.isDone(tried, person)
            judge(tried.crashed(), person, before, "seed \(seed), \(writes) writes", &count)
            if isDone { break }
            count.cuts += 1
            writes += 1
        }
        let whole = disk.released()
        guard Self.isDone(whole, person) else {
            return count.verdict.fail("seed \(seed): not erased")
        }
        let planted = whole.released()
        plant(in: planted)
        judge(planted, person, before, "seed \(seed), whole", &count, mustBeErased: true)
        disk = whole
    }

    /// Whether the erasure came to its end, a new snapshot included.
    private static func isDone(_ disk: SimulatedDisk, _ person: String) -> Bool {
        do {
            var state = State()
            let log = try open(disk, &state)
            let found = try LogErasure(
                of: [Digest.sha256(person.utf8)], in: nil, suppressing: nil, log, state,
                by: eraser, at: Timestamp(milliseconds: 0))
            try found?.write()
            try log.close()
            let ledger = try Ledger(disk, seed: 1)
            try ledger.snapshot()
            try ledger.close()
            return true
        } catch {
            return false
        }
    }

    private static func open(_ disk: SimulatedDisk, _ state: inout State) throws -> EventLog {
        var found = State()
        let log = try EventLog.open(disk, newLog: Ledger.log, sizes: Ledger.sizes) { event, _ in
            found.apply(event)
        }.log
        state = found
        return log
    }

    private static func told(_ disk: SimulatedDisk) throws -> State {
        var state = State()
        try open(disk, &state).close()
        return state
    }

    /// What is wrong with the disk that was left, once it is opened again.
    private func judge(
        _ disk: SimulatedDisk, _ person: String, _ before: State, _ what: String,
        _ count: inout ErasureCount, mustBeErased: Bool = false
    ) {
        do {
            let after = try Self.told(disk)
            var tail = Ledger.Found()
            try Ledger(disk, seed: 1, found: &tail).close()
            guard StateHash.of(tail.state) == StateHash.of(after), tail.passedOver.isEmpty else {
                return count.verdict.fail("\(what): snapshot and tail tell something else")
            }
            guard LogVerification(disk).isWhole else {
                return count.verdict.fail("\(what): not whole")
            }
            let isErased = !Needles(person).isIn(disk)
            guard isErased || (!mustBeErased && after.position == before.position) else {
                return count.verdict.fail("\(what): still named")
            }
            let left = isErased ? Digest.sha256(person.utf8) : nil
            for (was, now) in zip(before.instances, after.instances) {
                let gone = left.map { was.members.contains($0) ? 1 : 0 } ?? 0
                guard now.members.difference(from: was.members) == (0, gone) else {
                    return count.verdict.fail("\(what): others came or went")
                }
            }
        } catch {
            count.verdict.fail("\(what): \(error)")
        }
    }
}

extension ErasedLog {
    /// Leaves undone what the bug says.
    private func plant(in whole: SimulatedDisk) {
        let segments = disk.files.filter { $0.key.hasPrefix("log/") }
        let changed = segments.filter { whole.files[$0.key] != $0.value }
        guard let (path, bytes) = changed.sorted(by: { $0.key < $1.key }).first else { return }
        switch bug {
        case .slotLeft: whole.put(bytes, at: path)
        case .snapshotLeft:
            for (path, bytes) in disk.files where path.hasPrefix("snapshots/") {
                whole.put(bytes, at: path)
            }
        case .checksumLeft:
            guard var erased = whole.files[path],
                let place = erased.indices.first(where: { erased[$0] != bytes[$0] })
            else { return }
            // The first byte that differs is the flag of the first commit that was erased: its
            // checksum of the header follows.
            for offset in 112..<116 { erased[place + offset] = bytes[place + offset] }
            whole.put(erased, at: path)
        case .eventLeft:
            for (path, bytes) in disk.files {
                if changed[path] == nil { whole.put(bytes, at: path) }
            }
            for path in whole.files.keys where disk.files[path] == nil { remove(path, from: whole) }
        default: break
        }
    }

    private func remove(_ path: String, from whole: SimulatedDisk) {
        // The simulated disk removes whatever name it has.
        try? whole.remove(path)
    }
}

/// Everything that would name a person in a file.
private struct Needles {
    private let forms: [[UInt8]]

    init(_ person: String) {
        let digest = Digest.sha256(person.utf8)
        forms = [
            Array(person.utf8), digest.bytes, Array(digest.hex.utf8), Array(digest.base64.utf8),
        ]
    }

    func isIn(_ disk: SimulatedDisk) -> Bool {
        disk.files.values.contains { bytes in forms.contains { Self.isFound($0, in: bytes) } }
    }

    private static func isFound(_ form: [UInt8], in bytes: [UInt8]) -> Bool {
        // The C functions only read both arrays, for as long as they stand.
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe form.withUnsafeBytes { form in
                guard let start = bytes.baseAddress, let sought = form.baseAddress else {
                    return false
                }
                var offset = 0
                while offset + form.count <= bytes.count {
                    let left = bytes.count - form.count + 1 - offset
                    guard let next = unsafe memchr(start + offset, Int32(form[0]), left) else {
                        return false
                    }
                    if unsafe memcmp(next, sought, form.count) == 0 { return true }
                    offset = unsafe UnsafeRawPointer(next) - start + 1
                }
                return false
            }
        }
    }
}
