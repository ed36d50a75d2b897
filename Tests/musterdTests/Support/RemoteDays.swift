import AsyncHTTPClient
import Foundation
import MusterCore
import NIOCore

@testable import musterd

/// A courier that speaks HTTP to a desk with faults, over days of a clock that is moved by hand.
final class RemoteDays {
    /// What becomes of the daemon when the fault strikes.
    enum Daemon: String, CaseIterable, Sendable {
        /// It gets the answer, or none, and goes on.
        case goesOn
        /// It is gone before any answer, and another starts over what was durable at that moment.
        case isKilled
        /// It is told to stop before any answer, and is started again.
        case isStopped
    }

    let desk: FaultyDesk
    let clock = ManualClock(noon)
    private(set) var bench: Bench
    private let wrap: @Sendable (HTTPTransport) -> any Transport
    private var client: HTTPClient?
    private var courier: Task<Void, any Error>?
    private var token = "first-token"

    init(
        desk: FaultyDesk, _ facts: [Fact],
        wrap: @escaping @Sendable (HTTPTransport) -> any Transport = { $0 }
    ) async throws {
        self.desk = desk
        self.wrap = wrap
        bench = try await Bench(facts, clock: clock)
        try begin()
    }

    private func begin() throws {
        try bench.scratch.credential("\(token)\nendpoint \(desk.api)\n")
        try bench.scratch.write(Array(Identification.trusted.certificate.utf8), to: "roots.pem")
        let client = HTTPTransport.client(
            rootsFile: bench.scratch.path + "/roots.pem", proxy: nil)
        self.client = client
        let wakes = bench.wakes
        let courier = Courier(
            engine: try bench.engine,
            calls: APICalls(transport: wrap(HTTPTransport(client: client)), clock: clock),
            credentials: Credentials(directory: bench.scratch.credentials),
            logger: quiet, wakes: wakes.stream, wake: { wakes.wake() })
        self.courier = Task { try await courier.run() }
    }

    func end() async throws {
        courier?.cancel()
        _ = await courier?.result
        courier = nil
        try await client?.shutdown()
        client = nil
    }

    /// Puts another token than ever before into the credential's file.
    func replaceToken() throws {
        token += "-and-another"
        try bench.scratch.credential("\(token)\nendpoint \(desk.api)\n")
    }

    /// The daemon ends in the middle of the call that gets no answer, and starts again.
    func restart(_ daemon: Daemon) async throws {
        switch daemon {
        case .goesOn: return
        case .isKilled:
            // What the old process may still record does not exist for the new one.
            let copy = try bench.scratch.copyOfState()
            try await end()
            bench = try await Bench(scratch: copy, clock: clock)
        case .isStopped:
            try await end()
            try await bench.snapshot()
            try await bench.crash()
        }
        desk.endSilence()
        clock.jump(to: clock.now().advanced(seconds: 30))
        try begin()
    }

    /// Lets time pass to `end`, or until the fault leaves a call without an answer; true then.
    ///
    /// Where no run is under way time goes two hours at once, and to when the schedule says.
    func pass(until end: Timestamp) async throws -> Bool {
        while true {
            try await settle()
            if desk.isSilent { return true }
            let now = clock.now()
            let instance = try await bench.state[1]
            if instance.activeRun == nil, let zone = zone {
                let next = instance.nextSync(at: now, in: zone) ?? end
                let target = min(end, now.advanced(seconds: 7200), max(next, now))
                if target > now.advanced(seconds: 15) { clock.jump(to: target) }
            }
            guard clock.wakeNext(until: end) else {
                try await settle()
                return desk.isSilent
            }
        }
    }

    private let zone = try? Zone(name: "Test/NewYork", footer: "EST5EDT,M3.2.0,M11.1.0")

    /// Returns when nothing can happen any more before time moves.
    private func settle() async throws {
        try await eventually {
            if desk.isSilent { return true }
            let before = clock.sleepCount
            guard bench.wakes.areDone else { return false }
            let active = try await bench.state.instances.count { $0.activeRun != nil }
            return clock.sleeperCount == active + 1 && bench.wakes.areDone
                && before == clock.sleepCount
        }
    }
}

extension Scratch {
    /// Another directory with the same state, as a disk holds it at this moment.
    func copyOfState() throws -> Scratch {
        let copy = try Scratch()
        try FileManager.default.removeItem(atPath: copy.state)
        try FileManager.default.copyItem(atPath: state, toPath: copy.state)
        return copy
    }
}
