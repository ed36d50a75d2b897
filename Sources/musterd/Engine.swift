import DequeModule
import Glibc
import Logging
import MusterCore
import MusterStore
import NIOCore
import NIOPosix

/// The one writer: decides every command in order, applies it, commits once a loop turn, and only
/// then lets replies, outcomes and wakes leave.
///
/// Confined to one event loop, which also carries the sockets; other threads reach it through
/// `EngineHandle`.
final class Engine {
    let loop: NIOIsolatedEventLoop
    let clock: any WallClock
    let credentials: Credentials
    let zones: Zones
    /// For checks only; runs are the courier's.
    let calls: APICalls
    /// Of the people who are kept out; nil where nobody ever was.
    let suppressionKey: SuppressionKey?
    let logger: Logger
    let startedAt: Timestamp
    var state: State
    private let log: EventLog
    private var salts = Salts()
    let files: any FileSystem
    /// Events that were applied and are not durable yet.
    private var pending: [Event] = []
    /// Whether any of them concerns runs.
    private var isRunPending = false
    private var waiting: [Connection] = []
    private var afterCommit: [() -> Void] = []
    var connections: [ObjectIdentifier: Connection] = [:]
    var admission = Admission()
    /// Kept while the daemon stops and waits for its clients to go.
    var farewell: EventLoopPromise<Void>?
    /// What is being computed beside the loop, or waits for that.
    var worksBeside = 0
    /// When a client came, went, or anything was written.
    var lastNeeded = NIODeadline.now()
    var notices = Notices()
    /// Who may command; the listener adds the groups before it accepts anybody.
    var writers = WriteClass(daemon: geteuid(), groups: [])
    private var isTurnEndDue = false
    /// Who is waited for at the end of a turn, and until when.
    var siblings = CommitSiblings()
    private var siblingsWait: Scheduled<Void>?
    /// What one commit of small commands may take: it fits the smallest segment with its reserve.
    private static let commitRoom = 512 << 10
    /// What the commands of this turn may take in the log.
    private var roomNeeded = 0
    /// Connections that sent something in this turn of the loop.
    private var arrived: [Connection] = []
    /// Connections that have frames to be taken, in the order of their turns.
    private var queued: Deque<(connection: Connection, turn: Int)> = []
    private var isQueueDue = false
    /// The number of the turn, and what was read in it.
    private(set) var turn = 0
    private var turnBytes = 0
    /// Streams of all connections.
    var openStreams = 0
    var recent = RecentEvents()
    var uploads = UploadProgress()
    var lists = ListQueue()
    var positionWaits: [PositionWait] = []
    private var isPreparing = false
    private var isStatusDue = false
    private var isMarkDue = false
    var stops = Stops()
    var tally = Tally()
    var snapshots: SnapshotProgress
    private(set) var isStopping = false
    private let wakeCourier: @Sendable () -> Void
    /// Takes work away from the loop: to the pool of threads, which refuses it only when the process
    /// ends and nobody waits any more.
    var workers: (@escaping @Sendable () -> Void) -> Void = { work in
        NIOThreadPool.singleton.submit { if $0 == .active { work() } }
    }

    init(
        loop: NIOIsolatedEventLoop, log: EventLog, files: any FileSystem, state: State,
        suppressionKey: SuppressionKey? = nil, snapshots: SnapshotProgress, surroundings: Host,
        logger: Logger,
        wakeCourier: @escaping @Sendable () -> Void
    ) {
        self.loop = loop
        self.log = log
        self.files = files
        self.state = state
        self.suppressionKey = suppressionKey
        self.snapshots = snapshots
        clock = surroundings.clock
        credentials = surroundings.credentials
        zones = Zones(directory: surroundings.zoneDirectory)
        calls = surroundings.calls
        startedAt = surroundings.clock.now()
        self.logger = logger
        self.wakeCourier = wakeCourier
    }

    /// Applies facts and keeps them for the commit at the end of the turn.
    func record(_ facts: [Fact], by actor: Actor, command: CommandStamp? = nil, at now: Timestamp) {
        for fact in facts {
            let event = Event(at: now, actor: actor, command: command, fact: fact)
            state.apply(event)
            keep(event)
        }
        if facts.contains(where: { $0.concernsRuns }) {
            isRunPending = true
            afterCommit.append(wakeCourier)
        }
    }

    /// Keeps an event that was applied for the commit at the end of the turn.
    func keep(_ event: Event) {
        tally.note(event)
        pending.append(event)
        endTurnSoon()
    }

    /// Runs `body` when everything recorded so far is durable.
    func whenDurable(_ body: @escaping () -> Void) {
        afterCommit.append(body)
        endTurnSoon()
    }

    /// Lets `connection` send its replies at the end of this turn.
    func endTurn(of connection: Connection) {
        if waiting.last !== connection { waiting.append(connection) }
        endTurnSoon()
    }

    /// Counts the bytes of a request, or of a reply, which takes its time too, in the turn's budget.
    func countWork(of bytes: Int) { turnBytes += bytes }

    /// Whether any more may be read in this turn.
    var mayRead: Bool { turnBytes < Limits.turnReadBytes }

    /// Whether connections wait since an earlier turn.
    var hasQueue: Bool { queued.first.map { $0.turn < turn } ?? false }

    /// Whether no client is there and nothing is left to write.
    var hasNothingUnderWay: Bool {
        connections.isEmpty && pending.isEmpty && afterCommit.isEmpty && !isPreparing
    }

    /// Takes what `connection` sent when everybody's bytes of this turn were read.
    func takeAtTurnEnd(of connection: Connection) {
        arrived.append(connection)
        siblings.note(&connection.pace)
        if siblings.areMissing, queued.isEmpty { awaitSiblings() } else { endTurnSoon() }
    }

    /// Lets the turn end when all came who probably come, or nobody does any more.
    private func awaitSiblings() {
        guard !isTurnEndDue, siblingsWait == nil else { return }
        siblings.beginWait()
        lookForSiblings()
    }

    private func lookForSiblings() {
        siblingsWait = loop.scheduleTask(in: CommitSiblings.interval) {
            guard !self.siblings.look() else { return self.lookForSiblings() }
            self.siblingsWait = nil
            self.isTurnEndDue = true
            self.endTurn()
        }
    }

    /// Reads what all sent before any of it is carried out, so that they wait for the memory they
    /// need at the same time.
    private func takeArrived() {
        guard !arrived.isEmpty else { return }
        let connections = arrived
        arrived.removeAll(keepingCapacity: true)
        for connection in connections { connection.readAhead() }
        for connection in connections { connection.foresee() }
        for connection in connections { connection.takeFrames() }
    }

    /// Lets `connection` have a turn behind those that wait already.
    func queue(_ connection: Connection) {
        queued.append((connection, turn))
        serveQueueSoon()
    }

    private func serveQueueSoon() {
        guard !isQueueDue else { return }
        isQueueDue = true
        // Not at once: the loop runs all tasks before it looks at the sockets again, and new clients
        // would not be seen while old ones have frames left.
        loop.scheduleTask(in: .microseconds(50)) { self.serveQueue() }
    }

    private func serveQueue() {
        isQueueDue = false
        var count = queued.count
        while count > 0, mayRead, let (connection, _) = queued.popFirst() {
            count -= 1
            connection.takeFrames()
        }
        if !queued.isEmpty { serveQueueSoon() }
    }

    /// Refuses what the log has no room for; asked before anything is decided, so that the write
    /// cannot fail for space.
    func ensureRoom(for bytes: Int, usingReserve: Bool = false) throws(Rejection) {
        // What is pending goes first, so that one turn never asks for more than a segment holds.
        if roomNeeded > 0, roomNeeded + bytes > Self.commitRoom { commit() }
        do {
            try log.ensureRoom(for: roomNeeded + bytes, usingReserve: usingReserve)
        } catch .full {
            throw .logFull
        } catch {
            fail(error)
        }
        roomNeeded += bytes
    }

    /// Ends the process.
    ///
    /// Whether the last bytes are on the disk is unknown, and asking again would
    /// be answered with a lie: nothing that waits is acknowledged, and the next start finds out.
    private func fail(_ error: LogError) -> Never {
        logger.tell(.logUnwritable, "the log cannot be written: \(error.message)")
        Exit.now(.inputOutput)
    }

    var head: LogHead { log.head }

    /// Commits since the start.
    var commits: Int { log.commits }

    /// The log's id as clients know it: another one since it was put back from a copy.
    var logID: LogID { state.adopted ?? head.log }

    /// Lets the turn end soon, with all that streams have to say then.
    func endTurnSoon() {
        guard !isTurnEndDue else { return }
        isTurnEndDue = true
        siblingsWait?.cancel()
        siblingsWait = nil
        // The task runs after all reads of this turn of the loop: the group commit is free.
        loop.execute { self.endTurn() }
    }

    private func endTurn() {
        takeArrived()
        commit()
        siblings.endTurn()
        turn += 1
        turnBytes = 0
        answerAwaited()
        if openStreams > 0 {
            for connection in connections.values { connection.advanceStreams() }
        }
        isTurnEndDue = false
        let connections = waiting
        waiting.removeAll(keepingCapacity: true)
        for connection in connections { connection.flush() }
        let bodies = afterCommit
        afterCommit.removeAll(keepingCapacity: true)
        for body in bodies { body() }
        prepareAhead()
        takeSnapshotWhereDue()
    }

    private func commit() {
        guard !pending.isEmpty else {
            roomNeeded = 0
            return
        }
        let begin = NIODeadline.now()
        let segments = log.head.segments
        do {
            _ = try log.append(pending) { salts.next() }
        } catch {
            fail(error)
        }
        lastNeeded = .now()
        siblings.note(commit: lastNeeded - begin)
        stops.noteCommit(lastNeeded - begin, beganSegment: log.head.segments > segments)
        if isRunPending { tellRunEnds(of: pending) }
        isRunPending = false
        if openStreams > 0 {
            recent.append(pending, through: log.head.position, state)
        } else {
            recent.removeAll()
        }
        pending.removeAll(keepingCapacity: true)
        roomNeeded = 0
        tellManagerSoon()
        markSoon()
    }

    /// Keeps the service manager's status line true, at most once a second.
    private func tellManagerSoon() {
        guard !isStatusDue else { return }
        isStatusDue = true
        loop.scheduleTask(in: .seconds(1)) { [weak self] in
            guard let self else { return }
            isStatusDue = false
            if !isStopping { Notify.status(statusLine) }
        }
    }

    /// Marks the log as durable about once a second while events are appended.
    private func markSoon() {
        guard !isMarkDue, !isStopping else { return }
        isMarkDue = true
        loop.scheduleTask(in: .seconds(1)) { [weak self] in self?.mark() }
    }

    private func mark() {
        isMarkDue = false
        guard !isStopping else { return }
        do {
            try log.mark()
        } catch {
            fail(error)
        }
    }

    /// Makes the next segment beside the loop, so that no command waits for it.
    private func prepareAhead() {
        guard !isPreparing, !isStopping, let spare = log.spareToPrepare() else { return }
        isPreparing = true
        beside { () -> Result<Void, LogError> in
            Result { () throws(LogError) in try spare.finish() }
        } then: { [weak self] result in
            self?.isPreparing = false
            self?.holdSpare(result)
        }
    }

    private func holdSpare(_ result: Result<Void, LogError>) {
        guard !isStopping else { return }
        do {
            try result.get()
            try log.holdSpare()
        } catch .full {
            // The command that needs the room is told so.
        } catch {
            fail(error)
        }
    }

    /// Ends the turn, lets every reply leave, closes the connections and the log.
    ///
    /// Throws what kept the log from being closed; all that was acknowledged is durable all the
    /// same.
    func stop() throws(LogError) {
        takeArrived()
        isStopping = true
        endTurn()
        refuseAwaited()
        for connection in connections.values {
            connection.endStreams(.serverStopping)
            connection.finish()
        }
        endTurn()
        takeLastSnapshot()
        try log.close()
    }
}

extension Fact {
    /// Whether the courier may have something to do.
    fileprivate var concernsRuns: Bool {
        switch self {
        case .membersAdded, .membersRemoved, .tailRepaired, .logAdopted: false
        default: true
        }
    }
}
