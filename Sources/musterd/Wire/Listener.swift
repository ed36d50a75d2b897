import Glibc
import Logging
import MusterCore
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Accepts clients on the command socket, and on the query socket where there is one, until the
/// daemon is told to stop; then finishes what was read.
struct Listener: Service {
    /// Where the socket comes from.
    enum Source: Sendable {
        case descriptor(CInt)
        case path(String)

        /// Whether clients can still connect to it when the daemon is gone.
        var outlivesDaemon: Bool {
            if case .descriptor = self { true } else { false }
        }
    }

    let command: Source
    var query: Source?
    /// Members of this group may command, as those of the command socket's group may.
    var admins: HostGroup?
    /// After so long without need of it the daemon ends.
    var idleLimit: TimeAmount?
    let engine: EngineHandle
    let logger: Logger

    func run() async throws {
        let channels = try await open()
        try await begin(channels)
        try await withGracefulShutdownHandler {
            Notify.ready(status: try await statusLine())
            for channel in channels { try await channel.closeFuture.get() }
        } onGracefulShutdown: {
            Notify.stopping()
            // The listeners close first, so that new clients wait for the next daemon and are not
            // refused.
            for channel in channels { channel.close(promise: nil) }
        }
        let position = try await engine.eventLoop.submit {
            try engine.value.stop()
            return engine.value.state.position
        }.get()
        try await engine.eventLoop.flatSubmit { engine.value.clientsHaveGone() }.get()
        logger.tell(.stopped, "stopped", ["position": "\(position)"])
    }

    /// Says what was read, and only then lets anybody in.
    private func begin(_ channels: [any Channel]) async throws {
        let position = try await engine.eventLoop.submit { engine.value.state.position }.get()
        logger.tell(.ready, "ready", ["position": "\(position)"])
        for channel in channels { try await channel.setOption(.autoRead, value: true).get() }
        guard let idleLimit else { return }
        try await engine.eventLoop.submit {
            IdleExit(engine: engine.value, limit: idleLimit, doors: channels) {
                // To the process itself: it ends in the one way it has.
                _ = kill(getpid(), SIGTERM)
            }.begin()
        }.get()
    }

    private func statusLine() async throws -> String {
        try await engine.eventLoop.submit { engine.value.statusLine }.get()
    }

    /// Binds the sockets and finds out who may command.
    private func open() async throws -> [any Channel] {
        let commandChannel = try await bind(command, as: .command)
        var channels = [commandChannel]
        if let query { channels.append(try await bind(query, as: .query)) }
        let socketGroup = try await engine.eventLoop.submit {
            let group = HostGroup(owning: commandChannel)
            engine.value.writers = WriteClass(
                daemon: geteuid(), groups: [group, admins].compactMap { $0 })
            return group
        }.get()
        if socketGroup == nil {
            logger.warning("the command socket has no path, so no group of its own may command")
        }
        return channels
    }

    private func bind(_ source: Source, as door: Door) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: engine.eventLoop)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .writeBufferWaterMark, value: .init(low: 1 << 20, high: Limits.unreadReplyBytes)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let peer = Peer(of: channel) else {
                        engine.value.tell(.unknownPeer, of: nil)
                        throw ListenerError.unknownPeer
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        Connection(engine: engine.value, peer: peer, by: door))
                }
            }
        switch source {
        case .descriptor(let descriptor):
            return try await bootstrap.withBoundSocket(descriptor).get()
        case .path(let path):
            try await refuseLiveSocket(path)
            return try await bootstrap.bind(
                unixDomainSocketPath: path, cleanupExistingSocketFile: true
            ).get()
        }
    }

    /// A socket on which somebody answers belongs to another daemon; a dead one may be replaced.
    private func refuseLiveSocket(_ path: String) async throws {
        do {
            let channel = try await ClientBootstrap(group: engine.eventLoop)
                .connect(unixDomainSocketPath: path).get()
            try await channel.close()
        } catch {
            // Nobody listens there, which is what is wanted.
            return
        }
        throw ListenerError.inUse
    }
}

/// Why the daemon cannot listen (exit 73), or does not take one connection.
enum ListenerError: Error {
    case inUse
    case unknownPeer
}
