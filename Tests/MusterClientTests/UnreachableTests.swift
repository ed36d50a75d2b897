import Glibc
import MusterCore
import NIOCore
import NIOPosix
import Testing

@testable import MusterClient

@Suite
struct UnreachableTests {
    private static func reason(at path: String) async -> UnreachableReason? {
        let error = await #expect(throws: ClientError.self) {
            try await MusterConnection.connect(path: path, patience: .zero)
        }
        guard case .unreachable(let reason, path, let remedy) = error, !remedy.isEmpty else {
            return nil
        }
        return reason
    }

    @Test func `no file is no socket`() async {
        #expect(await Self.reason(at: "/tmp/muster-test-none/command.sock") == .noSocket)
    }

    @Test func `a path longer than an address is told apart`() async {
        let path = "/tmp/" + String(repeating: "a", count: 103)
        #expect(await Self.reason(at: path) == .pathTooLong)
    }

    @Test func `a socket left behind has nobody listening`() async throws {
        let server = try await ScriptedServer.start { _, _ in [] }
        try await server.abandon()
        #expect(await Self.reason(at: server.path) == .nobodyListening)
        try server.removeRemains()
    }

    @Test func `a queue that stays full is told apart`() async throws {
        let path = "/tmp/muster-test-\(UInt64.random(in: 0 ... .max)).sock"
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 0)
            .serverChannelOption(.autoRead, value: false)
            .bind(unixDomainSocketPath: path).get()
        let waiting = try await MusterConnection.connect(path: path)
        #expect(await Self.reason(at: path) == .backlogFull)
        await waiting.close()
        try await listener.close()
    }

    @Test(arguments: [
        (ENOENT, UnreachableReason.noSocket), (ENOTDIR, .noSocket), (EACCES, .noPermission),
        (EPERM, .noPermission), (ECONNREFUSED, .nobodyListening), (EAGAIN, .backlogFull),
        (EPROTOTYPE, .other(errno: EPROTOTYPE)),
    ])
    func `the system's errors are told apart`(errno: Int32, reason: UnreachableReason) {
        #expect(UnreachableReason(errno: errno) == reason)
    }

    @Test func `a daemon that is gone for good was not reached the second time`() async throws {
        let server = try await ScriptedServer.start { _, requests in
            requests.count == 1 ? [requests[0].reply([:])] : [.hangUp]
        }
        let muster = try await MusterConnection.connect(path: server.path, patience: .zero)
        try await muster.ping()
        try await server.abandon()
        await #expect(throws: ClientError.connectionLost(commandId: "c1")) {
            try await muster.addMembers(["a@x.example"], to: "acme-us", commandId: "c1")
        }
        let error = await #expect(throws: ClientError.self) { try await muster.ping() }
        guard case .unreachable(.nobodyListening, server.path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try server.removeRemains()
    }
}
