import ArgumentParser
import MusterCore
import MusterStore

/// Members whose digests a client chose so that they crowd, against uniform ones.
struct CrowdedMembers: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "members",
        abstract: "Inserts and replays crowded digests, which must not take ten times as long.")

    @Option(help: "How many members.") var members = 1_000_000
    @Option(help: "The planted bug.") var bug: Bug?

    /// The most that crowded digests may take of what uniform ones take.
    private static let limit = 10.0

    private enum Kind: String, CaseIterable {
        case uniform
        case sequential
        case equalPrefix = "equal-prefix"
    }

    func run() throws {
        let usual = try seconds(.uniform, limits: nil)
        var isRed = false
        for kind in [Kind.sequential, .equalPrefix] {
            let found = try seconds(kind, limits: usual)
            let ratios = (insert: found.insert / usual.insert, replay: found.replay / usual.replay)
            isRed = isRed || ratios.insert > Self.limit || ratios.replay > Self.limit
            Screen.say(
                "members: \(members) \(kind.rawValue) digests take \(ratios.insert.short) times as "
                    + "long to insert as uniform ones, and \(ratios.replay.short) times to replay")
        }
        if isRed { throw ExitCode(1) }
    }

    /// The time to insert and to replay, given up when it is far over the limit.
    private func seconds(
        _ kind: Kind, limits: (insert: Double, replay: Double)?
    ) throws -> (insert: Double, replay: Double) {
        let digests = digests(kind)
        let giveUp = limits.map { $0.insert * 2 * Self.limit } ?? .infinity
        let insert: Double
        if bug == .trustingTable {
            var table = TrustingTable(capacity: members * 2)
            insert = timed(giveUp, digests) { table.insert($0) }
            return (insert, limits?.replay ?? insert)
        }
        var set = Membership(keepsAddresses: false)
        insert = timed(giveUp, digests) { _ = set.insert($0) }
        return (insert, try replaySeconds(digests))
    }

    private func timed(
        _ giveUp: Double, _ digests: [Digest], _ insert: (Digest) -> Void
    ) -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        for (index, digest) in digests.enumerated() {
            insert(digest)
            if index % 1000 == 0, (clock.now - start).seconds > giveUp { break }
        }
        return (clock.now - start).seconds
    }

    private func replaySeconds(_ digests: [Digest]) throws -> Double {
        let disk = SimulatedDisk(seed: 1)
        let log = try EventLog.open(disk, newLog: Ledger.log) { _, _ in }.log
        var change = SettingsChange()
        change.advertiserId = "advertiser"
        change.audienceName = "crowd"
        change.region = .eu
        change.piiType = .hashedEmail
        let created = InstanceConfigured(
            instance: 1, created: InstanceID("crowd"), change: change)
        var facts: [Fact] = [.instanceConfigured(created)]
        for start in stride(from: 0, to: digests.count, by: 1000) {
            let part = Array(digests[start..<min(start + 1000, digests.count)])
            let added = MembersChanged(instance: 1, identities: .digests(part), unchanged: 0)
            facts.append(.membersAdded(added))
        }
        for fact in facts {
            let event = Event(at: Timestamp(milliseconds: 1), actor: .daemon, fact: fact)
            _ = try log.append([event]) { Salt(first: 1, second: 2) }
        }
        try log.close()
        let clock = ContinuousClock()
        var state = State()
        let time = try clock.measure {
            _ = try EventLog.open(disk, newLog: Ledger.log) { event, _ in state.apply(event) }
        }
        guard state.instances.first?.members.count == digests.count else {
            throw LogFaultsError.noSample
        }
        return time.seconds
    }

    private func digests(_ kind: Kind) -> [Digest] {
        var random = Random(seed: 9)
        return (1...UInt64(members)).map { number in
            switch kind {
            case .uniform:
                Digest((random.next(), random.next(), random.next(), random.next()))
            case .sequential: Digest((0, 0, 0, number))
            case .equalPrefix: Digest((7, 7, random.next(), number))
            }
        }
    }
}

/// A table that takes the slot from a digest's leading bits and looks on from there: what a
/// membership must not be.
private struct TrustingTable {
    private var slots: [Digest]

    init(capacity: Int) {
        slots = Array(repeating: .zero, count: capacity)
    }

    mutating func insert(_ digest: Digest) {
        var slot = Int(digest.leadingWord.multipliedFullWidth(by: UInt64(slots.count)).high)
        while !slots[slot].isZero, slots[slot] != digest { slot = (slot + 1) % slots.count }
        slots[slot] = digest
    }
}

extension Duration {
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension Double {
    fileprivate var short: String { "\((self * 10).rounded() / 10)" }
}
