import MusterCore
import MusterStore

/// What was sent to a log and what was acknowledged, to be held against what is found again.
struct History {
    /// The hash of the state behind each commit that was sent.
    private(set) var hashes: [Position: Digest] = [0: StateHash.of(State())]
    /// Up to where clients were told that it is durable.
    private(set) var acknowledged: Position = 0

    mutating func send(_ state: State) { hashes[state.position] = StateHash.of(state) }

    /// Told of every acknowledgement at once.
    var onAcknowledged: (Position) -> Void = { _ in }

    mutating func acknowledge(_ position: Position) {
        acknowledged = position
        onAcknowledged(position)
    }

    /// How a log that was found differs from what was sent.
    enum Verdict: Hashable {
        case right
        case lost(Position)
        case phantom
    }

    func verdict(on found: State) -> Verdict {
        guard hashes[found.position] == StateHash.of(found) else { return .phantom }
        return found.position < acknowledged ? .lost(acknowledged - found.position) : .right
    }

    /// From here on, what was found is all there is.
    mutating func settle(on found: State) {
        hashes = [found.position: StateHash.of(found)]
        acknowledged = found.position
    }
}

/// The engine's order of work without its loop and its sockets: decide, append, and only then
/// acknowledge.
struct Ledger {
    private let log: EventLog
    private let disk: any FileSystem
    private let bug: Bug?
    private(set) var state: State
    private var random: Random
    private var source: CommandSource
    private var now: Int64 = 1_795_000_000_000
    /// Whether this process has made a segment.
    private(set) var hasAppended = false

    /// What opening the log found.
    struct Found {
        var state = State()
        var repaired: TailRepaired?
        var passedOver: [SnapshotFault] = []
        /// How many events were replayed behind the snapshot.
        var replayed = 0
    }

    static let log = LogID(high: 7, low: 8)
    /// Small, so that a short history goes over many segments.
    static let sizes = SegmentSizes([4 << 10, 8 << 10, 16 << 10], reserve: 2 << 10)
    /// Larger than what a turn of a few commands takes.
    private static let room = 16 << 10

    init(
        _ disk: any FileSystem, seed: UInt64, bug: Bug? = nil, usesSnapshots: Bool = true,
        sizes: SegmentSizes = Ledger.sizes
    ) throws(LogError) {
        var found = Found()
        self = try Ledger(
            disk, seed: seed, bug: bug, usesSnapshots: usesSnapshots, sizes: sizes, found: &found)
    }

    init(
        _ disk: any FileSystem, seed: UInt64, bug: Bug? = nil, usesSnapshots: Bool = true,
        sizes: SegmentSizes = Ledger.sizes, found: inout Found
    ) throws(LogError) {
        var state = State()
        var replayed = 0
        let opened = try EventLog.open(
            disk, newLog: Self.log, sizes: sizes, restore: usesSnapshots ? { state = $0 } : nil
        ) { event, _ in
            replayed += 1
            if bug != .forgottenEvent || replayed % 50 != 0 { state.apply(event) }
        }
        found = Found(
            state: state, repaired: opened.repaired, passedOver: opened.passedOver,
            replayed: replayed)
        log = opened.log
        self.disk = disk
        self.bug = bug
        self.state = state
        random = Random(seed: seed)
        source = CommandSource(seed: random.next())
    }

    /// The bytes of the log that are in use.
    var bytes: Int { log.head.bytes }

    /// Notes in the log what recovery cut, as a start does.
    mutating func note(_ repaired: TailRepaired, in history: inout History) throws(LogError) {
        try commit([.tailRepaired(repaired)], nil, &history)
    }

    /// A turn of one to four commands in one commit; `.full` leaves all as it was.
    mutating func turn(_ history: inout History) throws(LogError) {
        try log.ensureRoom(for: Self.room)
        var events: [Event] = []
        for _ in 0...random.below(4) {
            advanceClock()
            switch source.next(state) {
            case .outcome(let run, let outcome):
                take(state.settle(run, outcome), by: .daemon, nil, &events)
            case .command(let command, let stamp):
                if let stamp, state.receipts[stamp.id] != nil { continue }
                take(facts(of: command), by: .peer(uid: 1, gid: 2, pid: 3), stamp, &events)
            }
        }
        try commit(events, &history)
    }

    /// Ends every run under way, which a full log has its reserve for.
    mutating func endRuns(_ history: inout History) throws(LogError) {
        let runs = state.instances.compactMap(\.activeRun)
        try commit(
            runs.map { .syncFailed(run: $0.id, class: .unavailable, detail: "no answer") }, nil,
            &history)
    }

    /// What the daemon does beside the turns: a mark, a step towards the next segment, a snapshot.
    mutating func tend() throws(LogError) {
        switch random.below(6) {
        case 0: try log.mark()
        case 1...3: try log.prepareAhead()
        case 4:
            // One that cannot be written costs time only, as in the daemon.
            do { try snapshot() } catch {}
        default: break
        }
    }

    /// Writes a snapshot of what is durable.
    func snapshot() throws(LogError) {
        let head = log.head
        guard head.position > 0 else { return }
        let header = SnapshotHeader(
            log: head.log, position: head.position, chain: head.chain,
            createdAt: Timestamp(milliseconds: now))
        _ = try Snapshots(disk).write(Outline(of: state), header)
    }

    func close() throws(LogError) { try log.close() }

    private func facts(of command: Command) -> [Fact] {
        let at = Timestamp(milliseconds: now)
        do {
            return try state.decide(command, at: at, date: CalendarDate(dayNumber: 20_700)).facts
        } catch {
            // A refusal appends nothing.
            return []
        }
    }

    private mutating func take(
        _ facts: [Fact], by actor: Actor, _ stamp: CommandStamp?, _ events: inout [Event]
    ) {
        for fact in facts {
            let event = Event(
                at: Timestamp(milliseconds: now), actor: actor, command: stamp, fact: fact)
            state.apply(event)
            events.append(event)
        }
    }

    private mutating func commit(
        _ facts: [Fact], _ stamp: CommandStamp?, _ history: inout History
    ) throws(LogError) {
        var events: [Event] = []
        take(facts, by: .daemon, stamp, &events)
        try commit(events, &history)
    }

    private mutating func commit(_ events: [Event], _ history: inout History) throws(LogError) {
        guard !events.isEmpty else { return }
        history.send(state)
        if bug == .acknowledgedEarly { history.acknowledge(state.position) }
        let salt = Salt(first: random.next(), second: random.next())
        let position = try log.append(events) { salt }
        hasAppended = true
        history.acknowledge(position)
    }

    /// The host's clock goes on, and now and then jumps either way.
    private mutating func advanceClock() {
        now += Int64(random.below(2000))
        if random.below(20) == 0 { now += Int64(random.below(1 << 30)) - 1 << 29 }
    }
}

extension EventLog {
    /// One step towards the next segment.
    func prepareAhead() throws(LogError) {
        guard let spare = spareToPrepare() else { return }
        do {
            if try !spare.step() { try holdSpare() }
        } catch .full {
            // `ensureRoom` tells it when it matters.
        }
    }
}
