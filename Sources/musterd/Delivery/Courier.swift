import Logging
import MusterCore
import MusterStore
import ServiceLifecycle

/// Carries runs to The Trade Desk, one errand a run, each step settled with the engine before the
/// next begins.
struct Courier: Service {
    let engine: EngineHandle
    /// Shared by all runs.
    let calls: APICalls
    let credentials: Credentials
    let logger: Logger
    /// Something about runs became durable.
    let wakes: AsyncStream<Void>
    /// Makes `wakes` give one more.
    let wake: @Sendable () -> Void

    /// How often the calendar and the credentials of held runs are looked at.
    static let tick = Duration.seconds(15)

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await carryAll() }
        } catch is CancellationError {
            logger.debug("the courier has stopped")
        }
    }

    private func carryAll() async throws {
        let errands = Errands()
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await tickForever() }
            try await lookForWork(errands, &group)
            for await _ in wakes { try await lookForWork(errands, &group) }
            group.cancelAll()
        }
    }

    private func tickForever() async throws {
        var watch = ClockWatch(credentials: credentials, logger: logger)
        while !Task.isCancelled {
            try await calls.clock.sleep(for: Self.tick)
            // Also picks up a run whose errand was interrupted by a failure of this host.
            wake()
            watch.look(at: try await engine.sent(), at: calls.clock.now())
            await askAboutDrop()
        }
    }

    /// Asks about one drop that is due, once and shortly: a TTD that does not answer must not keep
    /// the calendar waiting.
    private func askAboutDrop() async {
        do {
            for run in try await engine.dropsToAskAbout() {
                guard let frozen = run.frozen, let reference = run.reference,
                    let segment = try await engine.segment(of: run)
                else { continue }
                // Without the credential nobody can ask now; the next tick tries again.
                guard let credential = try? credentials.read(frozen.target.credential),
                    credential.endpoint == frozen.target.endpoint
                else { continue }
                // The next tick asks for a drop that could not be asked about.
                guard
                    let seen = await calls.dropStatus(
                        of: run.id, reference, frozen.target, segment: segment.crmDataId,
                        token: credential.token)
                else { continue }
                try await engine.settleDropStatus(seen)
                return
            }
        } catch {
            logger.debug("asking about drops was interrupted")
        }
    }

    private func lookForWork(
        _ errands: Errands, _ group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws {
        for run in try await engine.runsToCarry() where await errands.begin(run) {
            group.addTask {
                await carry(run)
                await errands.end(run)
            }
        }
    }

    /// Carries one run from wherever the log says it is to its end.
    private func carry(_ id: RunID) async {
        var logger = logger
        logger[metadataKey: "run"] = "\(id)"
        let errand = Errand(
            engine: engine, calls: calls, credentials: credentials, logger: logger)
        do {
            try await errand.carry(id)
        } catch is CancellationError {
            logger.info("the run goes on when the daemon is started again")
        } catch {
            logger.tell(
                .runInterrupted, "the run was interrupted, and is taken up again",
                ["kind": "\(type(of: error))"])
        }
    }
}

/// The runs that are being carried by this process.
private actor Errands {
    private var runs: Set<RunID> = []

    func begin(_ run: RunID) -> Bool {
        runs.insert(run).inserted
    }

    func end(_ run: RunID) {
        runs.remove(run)
    }
}
