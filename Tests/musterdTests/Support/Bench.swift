import Logging
import MusterCore
import MusterStore
import NIOCore
import NIOPosix
import Testing

@testable import musterd

/// A daemon without its sockets: an engine over a directory of its own, TTD by script, and time by
/// hand.
final class Bench {
    let scratch: Scratch
    let desk: ScriptedTransport
    let clock: ManualClock
    private let loop = MultiThreadedEventLoopGroup.singleton.next()
    private var handle: EngineHandle?
    private(set) var wakes = Wakes()

    /// Begins with a usable credential, and with `facts` in the log.
    init(
        _ facts: [Fact] = [], scratch: Scratch? = nil,
        desk: ScriptedTransport = ScriptedTransport(),
        clock: ManualClock = ManualClock(noon, passesSleeps: true)
    ) async throws {
        self.scratch = try scratch ?? Scratch()
        self.desk = desk
        self.clock = clock
        try self.scratch.credential("first-token\nendpoint \(ScriptedTransport.api)\n")
        if !facts.isEmpty { try append(facts) }
        try await start()
    }

    var engine: EngineHandle {
        get throws { try #require(handle) }
    }

    /// The engine is gone as if it had been killed, and another takes its place.
    func crash() async throws {
        handle = nil
        try await start()
    }

    private func start() async throws {
        let wakes = Wakes()
        self.wakes = wakes
        let host = Host(
            clock: clock, credentials: Credentials(directory: scratch.credentials),
            zoneDirectory: scratch.zones, calls: APICalls(transport: desk, clock: clock))
        let root = scratch.state
        while handle == nil {
            do {
                handle = try await loop.submit { [loop, scratch] in
                    EngineHandle(
                        try Engine(over: PosixFileSystem(root: root), host, on: loop) {
                            // The directory outlives the engine, whose timers still write to it.
                            withExtendedLifetime(scratch) { wakes.wake() }
                        })
                }.get()
            } catch LogError.locked {
                // Somebody has not let go of the engine before.
                try Task.checkCancellation()
                await Task.yield()
            }
        }
    }

    private func append(_ facts: [Fact]) throws {
        let log = try EventLog.open(
            PosixFileSystem(root: scratch.state), newLog: LogID(high: 1, low: 2),
            replay: { _, _ in }
        ).log
        for fact in facts {
            let event = Event(at: clock.now(), actor: .daemon, fact: fact)
            _ = try log.append([event]) { Salt(first: 1, second: 2) }
        }
    }

    /// Every fact that is durable now, as another process would read it.
    static func facts(in scratch: Scratch) throws -> [Fact] {
        var facts: [Fact] = []
        try LogReader(PosixFileSystem(root: scratch.state)).forEach { facts.append($0.event.fact) }
        return facts
    }

    var facts: [Fact] {
        get throws { try Self.facts(in: scratch) }
    }

    /// Carries out a command and returns its reply when it is durable.
    @discardableResult
    func ask(_ text: String) async throws -> JSON {
        let engine = try engine
        let promise = engine.eventLoop.makePromise(of: JSON.self)
        engine.eventLoop.execute {
            do {
                let request = try Request.parse(Array(text.utf8).span)
                guard case .command(let command) = request.ask else {
                    return promise.fail(Rejection.methodUnknown)
                }
                let reply = try engine.value.perform(command, request, .daemon, arrival: .now())
                var text: [UInt8] = []
                reply.write(into: &text)
                let answer = try JSON.parse(text)
                engine.value.whenDurable { promise.succeed(answer) }
            } catch {
                promise.fail(error)
            }
        }
        return try await promise.futureResult.get()
    }

    var state: State {
        get async throws {
            let engine = try engine
            return try await engine.eventLoop.submit { engine.value.state }.get()
        }
    }

    /// Writes a snapshot of everything so far.
    func snapshot() async throws {
        let engine = try engine
        try await engine.eventLoop.submit {
            let head = engine.value.head
            let header = SnapshotHeader(
                log: head.log, position: head.position, chain: head.chain,
                createdAt: engine.value.clock.now())
            _ = try Snapshots(engine.value.files).write(Outline(of: engine.value.state), header)
        }.get()
    }

    func run(_ id: RunID) async throws -> Run {
        try #require(try await state.run(id))
    }

    /// Asks for a run and returns its id.
    func request(_ more: String = "") async throws -> RunID {
        let reply = try await ask(
            #"{"id": 1, "method": "sync.now", "params": {"instance": "acme-us"\#(more)}}"#)
        return RunID(try #require(reply.object?["result"]?.object?["run"]?.integer))
    }

    /// Carries a run as far as it goes, and returns it.
    @discardableResult
    func carry(_ id: RunID) async throws -> Run {
        try await errand().carry(id)
        return try await run(id)
    }

    /// Carries a run until it waits for the answer to a call of `route`, and ends the daemon there.
    func interrupt(_ id: RunID, at route: ScriptedTransport.Route) async throws {
        try await carry(id, onlyTo: route)
        try await crash()
    }

    private func carry(_ id: RunID, onlyTo route: ScriptedTransport.Route) async throws {
        let before = desk.routes.count { $0 == route }
        desk.script(route, .silence)
        let errand = try errand()
        let task = Task { try await errand.carry(id) }
        try await eventually { desk.routes.count { $0 == route } > before }
        task.cancel()
        _ = await task.result
    }

    private func errand() throws -> Errand {
        Errand(
            engine: try engine, calls: APICalls(transport: desk, clock: clock),
            credentials: Credentials(directory: scratch.credentials), logger: quiet)
    }

    /// Asks for a run and carries it.
    func sync(_ more: String = "") async throws -> Run {
        try await carry(try await request(more))
    }
}

extension Engine {
    /// Replays the log and begins.
    convenience init(
        over files: any FileSystem, _ host: Host, on loop: any EventLoop,
        wake: @escaping @Sendable () -> Void = {}
    ) throws {
        var state = State()
        let opened = try EventLog.open(
            files, newLog: LogID(high: 1, low: 2), restore: { state = $0 },
            replay: { event, _ in state.apply(event) })
        self.init(
            loop: loop.assumeIsolated(), log: opened.log, files: files, state: state,
            snapshots: SnapshotProgress(
                newest: opened.snapshot, bytes: opened.log.head.bytes - opened.tailBytes),
            surroundings: host, logger: quiet, wakeCourier: wake)
    }
}

/// Returns when `condition` holds; what it waits for happens without any time passing.
func eventually(_ condition: () async throws -> Bool) async throws {
    while try await !condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// 2026-11-23T12:00:00Z, a Monday.
let noon = Timestamp(milliseconds: 1_795_435_200_000)
let monday = CalendarDate(dayNumber: 20_780)
