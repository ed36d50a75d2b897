import ArgumentParser
import AsyncHTTPClient
import CMuster
import Logging
import MusterCore
import MusterStore
import NIOCore
import NIOPosix
import ServiceLifecycle
import SystemPackage
import UnixSignals

/// The daemon from its start to its end: the log is replayed, then the engine, the courier and the
/// listener run.
struct Daemon {
    let settings: StartSettings.Resolved
    let logger: Logger

    func run() async throws {
        let (command, query) = try listenerSources()
        let (wakes, wake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let wakeCourier: @Sendable () -> Void = { wake.yield() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let client = HTTPTransport.client(
            rootsFile: settings.rootsFile,
            proxy: settings.proxy.map { .server(host: $0.host, port: $0.port) })
        let clock = SystemWallClock()
        let calls = APICalls(transport: HTTPTransport(client: client), clock: clock)
        let engine: EngineHandle
        do {
            engine = try await loop.submit {
                try startEngine(on: loop, clock, calls, wake: wakeCourier)
            }.get()
        } catch let error as LogError {
            logger.tell(error.kind, "\(error.message)")
            try await client.shutdown()
            throw ExitCode(error.exit.rawValue)
        }
        let courier = Courier(
            engine: engine, calls: calls,
            credentials: Credentials(directory: settings.credentialsDirectory),
            logger: logger, wakes: wakes, wake: wakeCourier)
        let listener = Listener(
            command: command, query: query, admins: settings.adminGroup,
            idleLimit: settings.exitOnIdle, engine: engine, logger: logger)
        // Stopped from the last to the first: runs are interrupted before the engine closes the
        // log.
        // The names are given, because the group would describe each service with all that it holds:
        // a fifth of the start of an empty log.
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: listener, serviceName: "listener"),
                    .init(service: courier, serviceName: "courier"),
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        let result = await Self.result { try await services.run() }
        try await client.shutdown()
        try await group.shutdownGracefully()
        do {
            try result.get()
        } catch let error as LogError {
            logger.tell(
                .logUnwritable,
                "the log was not closed, which the next start makes up for: \(error.message)")
            throw ExitCode(Exit.inputOutput.rawValue)
        } catch ListenerError.inUse {
            logger.tell(.cannotListen, "another process listens on this socket")
            throw ExitCode(Exit.cannotCreate.rawValue)
        } catch let error as IOError {
            logger.tell(
                .cannotListen, "the socket cannot be made or used (errno \(error.errnoCode))")
            throw ExitCode(Exit.cannotCreate.rawValue)
        }
    }

    private static func result(_ body: () async throws -> Void) async -> Result<Void, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    private func listenerSources() throws -> (command: Listener.Source, query: Listener.Source?) {
        let passed: [Door: CInt]
        do {
            passed = try Activation.sockets()
        } catch {
            logger.tell(.wrongSettings, "\(error)")
            throw ExitCode(Exit.configuration.rawValue)
        }
        func source(_ door: Door, _ path: String?) -> Listener.Source? {
            passed[door].map { .descriptor($0) } ?? path.map { .path($0) }
        }
        guard let command = source(.command, settings.socket) else { throw refused(.noSocket) }
        let query = source(.query, settings.querySocket)
        guard
            settings.exitOnIdle == nil || (command.outlivesDaemon && query?.outlivesDaemon != false)
        else { throw refused(.idleWithoutManager) }
        return (command, query)
    }

    private func refused(_ error: SettingsError) -> ExitCode {
        logger.tell(.wrongSettings, "\(error.message)")
        return ExitCode(Exit.configuration.rawValue)
    }

    /// Replays the log and begins the engine; runs on the loop, so that the engine never leaves it.
    private func startEngine(
        on loop: any EventLoop, _ clock: any WallClock, _ calls: APICalls,
        wake: @escaping @Sendable () -> Void
    ) throws -> EngineHandle {
        var fold = StateFold(onTwoThreads: State())
        var tally = Tally()
        let files = PosixFileSystem(root: settings.stateDirectory.string)
        let opened = try EventLog.open(
            files, newLog: LogID(high: Randomness.number(), low: Randomness.number()),
            progress: { progress in
                Notify.extendTimeout(
                    seconds: 60,
                    status: "replaying the log: segment \(progress.segment) of \(progress.segments)"
                )
            },
            restore: { fold = StateFold(onTwoThreads: $0) },
            replay: { event, _ in
                fold.apply(event)
                tally.note(event.at)
            })
        let state = fold.finish()
        // Reading took memory that the daemon will not need again.
        muster_release_memory()
        tally.note(opened.snapshot?.createdAt)
        opened.passedOver.log(to: logger)
        let host = Host(
            clock: clock, credentials: Credentials(directory: settings.credentialsDirectory),
            zoneDirectory: "/usr/share/zoneinfo", calls: calls)
        let engine = Engine(
            loop: loop.assumeIsolated(), log: opened.log, files: files, state: state,
            suppressionKey: try SuppressionKey.read(files, for: state),
            snapshots: SnapshotProgress(
                newest: opened.snapshot, bytes: opened.log.head.bytes - opened.tailBytes),
            surroundings: host, logger: logger, wakeCourier: wake)
        engine.tally = tally
        if let repaired = opened.repaired {
            logger.tell(
                .tailRepaired,
                "an unfinished commit was cut off the log's end and kept in quarantine",
                ["segment": "\(repaired.segment)", "offset": "\(repaired.offset)"])
            engine.record([.tailRepaired(repaired)], by: .daemon, at: host.clock.now())
        }
        if let interval = Notify.watchdogMicroseconds {
            Watchdog.start(on: engine, every: interval)
        }
        return EngineHandle(engine)
    }
}

extension LogError {
    /// What a start that this error stops is found by.
    fileprivate var kind: JournalMessage { exit == .dataDamaged ? .logDamaged : .startFailed }

    /// How a start ends that this error stops.
    fileprivate var exit: Exit {
        switch self {
        case .locked: .temporaryFailure
        case .damaged, .directory, .newer: .dataDamaged
        case .failed(let error) where error.path == "LOCK": .noPermission
        case .snapshot, .listDiffers: .dataDamaged
        // The log may be sound: the service manager is to try again.
        case .failed, .full, .refused: .inputOutput
        }
    }
}
