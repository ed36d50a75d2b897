import Logging
import MusterCore
import MusterStore
import NIOCore

/// The engine as other tasks see it: every call hops to the loop and returns when what it caused is
/// durable.
struct EngineHandle: Sendable {
    private let engine: NIOLoopBound<Engine>

    init(_ engine: Engine) {
        self.engine = NIOLoopBound(engine, eventLoop: engine.loop.nonisolated())
    }

    var eventLoop: any EventLoop { engine.eventLoop }

    /// The engine itself, for code on its loop.
    var value: Engine { engine.value }

    /// What a run needs next, with all that the courier may know to do it; of the members nothing,
    /// so that holding it keeps no list from changing in place.
    struct Task: Sendable {
        let run: Run
        let step: Step
        let instance: InstanceState
        /// The log's durable end.
        let position: Position
        let files: any FileSystem
        /// When the run will be too late to open a drop, where it has not opened one.
        let deadline: Timestamp?
    }

    /// The most that settling a step takes in the log.
    private static let settledBytes = 32 << 10

    /// Ends the run where it is too late for it, and tells what it needs next; nil when it has
    /// ended.
    ///
    /// Throws `logFull` where what comes of the step could not be recorded: TTD must not be asked
    /// for what nobody remembers.
    func task(for run: RunID) async throws -> Task? {
        try await durably { engine in
            try engine.ensureRoom(for: Self.settledBytes, usingReserve: true)
            engine.expire(run)
            guard let current = engine.state.run(run), let step = engine.state.step(of: current)
            else {
                return nil
            }
            return Task(
                run: current, step: step, instance: engine.state[current.instance].withoutMembers,
                position: engine.state.position, files: engine.files,
                deadline: engine.deadline(of: current))
        }
    }

    /// Records what the world answered to a run's step.
    func settle(_ run: RunID, _ outcome: Outcome) async throws {
        try await durably { engine in
            engine.record(engine.state.settle(run, outcome), by: .daemon, at: engine.clock.now())
        }
    }

    /// Begins what is due, and names every run under way.
    func runsToCarry() async throws -> [RunID] {
        try await durably { engine in
            engine.beginDueRuns()
            return engine.state.instances.compactMap { $0.activeRun?.id }
        }
    }

    /// The drops that TTD is to be asked about now, each as the last task of its run.
    func dropsToAskAbout() async throws -> [Run] {
        try await durably { engine in
            try engine.ensureRoom(for: Self.settledBytes)
            let now = engine.clock.now()
            return engine.state.instances.compactMap { instance in
                instance.lastSuccess.flatMap { $0.isDropStatusDue(at: now) ? $0 : nil }
            }
        }
    }

    /// An enabled audience, as far as what runs out by itself goes.
    struct Sent: Sendable {
        let instance: InstanceID
        let credential: String
        /// That of the list at TTD; nil where none was sent.
        let clock: HealthClock?
    }

    /// Every enabled audience with its clock.
    func sent() async throws -> [Sent] {
        try await durably { engine in
            let now = engine.clock.now()
            return engine.state.instances.filter(\.settings.enabled).map {
                Sent(
                    instance: $0.id, credential: $0.settings.credential,
                    clock: $0.uploadClock(at: now))
            }
        }
    }

    /// The segment the run's instance sends to.
    func segment(of run: Run) async throws -> Segment? {
        try await durably { engine in engine.state[run.instance].segment }
    }

    /// Records what TTD said of a drop, or that it said nothing.
    func settleDropStatus(_ seen: DropStatusSeen) async throws {
        try await durably { engine in
            engine.record([.dropStatusSeen(seen)], by: .daemon, at: engine.clock.now())
        }
    }

    /// Runs `body` on the loop and returns its result when everything up to then is durable.
    private func durably<Value: Sendable>(
        _ body: @escaping @Sendable (Engine) throws -> Value
    ) async throws -> Value {
        let promise = engine.eventLoop.makePromise(of: Value.self)
        engine.eventLoop.execute {
            do {
                guard !engine.value.isStopping else { throw CancellationError() }
                let value = try body(engine.value)
                engine.value.whenDurable { promise.succeed(value) }
            } catch {
                promise.fail(error)
            }
        }
        return try await promise.futureResult.get()
    }
}

extension Engine {
    /// Ends a run that must not open a drop any more.
    fileprivate func expire(_ id: RunID) {
        guard let run = state.run(id) else { return }
        let now = clock.now()
        let instance = state[run.instance]
        let zone = zones.zone(instance.settings.schedule?.timeZone)
        let dueDate = zone.flatMap { instance.latestDue(at: now, in: $0) }?.date
        record(state.expiry(of: run, at: now, dueDate: dueDate), by: .daemon, at: now)
    }

    /// When `expire` will end the run, as things stand.
    fileprivate func deadline(of run: Run) -> Timestamp? {
        let instance = state[run.instance]
        let next = zones.zone(instance.settings.schedule?.timeZone).flatMap { zone in
            instance.due(on: run.date.advanced(days: 1), in: zone)?.at
        }
        return state.deadline(of: run, nextDue: next)
    }

    /// Requests a run for every audience whose schedule, or whose new token, asks for one.
    fileprivate func beginDueRuns() {
        guard !isStopping else { return }
        let now = clock.now()
        let requests = state.instances.compactMap { instance -> SyncRequested? in
            guard let zone = zones.zone(instance.settings.schedule?.timeZone) else { return nil }
            if let request = instance.scheduledRequest(at: now, in: zone) { return request }
            guard instance.lastEnded?.hold?.reason == .credential,
                let token = try? credentials.read(instance.settings.credential).token
            else { return nil }
            // A file that still cannot be read leaves the hold as it is.
            return instance.releasedRequest(
                tokenFingerprint: token.fingerprint, at: now, date: zone.date(at: now))
        }
        guard !requests.isEmpty else { return }
        do {
            try ensureRoom(for: 4096 * requests.count)
        } catch {
            logger.tell(.logFull, "runs are due, and there is no room for the log to grow")
            return
        }
        record(requests.map { .syncRequested($0) }, by: .daemon, at: now)
    }
}
