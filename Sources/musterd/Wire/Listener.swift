import Logging
import MusterCore
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Accepts clients on the command socket until the daemon is told to stop; then finishes what was
/// read.
struct Listener: Service {
    /// Where the socket comes from.
    enum Source: Sendable {
        case descriptor(CInt)
        case path(String)
    }

    let source: Source
    let engine: EngineHandle
    let logger: Logger

    func run() async throws {
        let channel = try await bind()
        try await withGracefulShutdownHandler {
            Notify.ready(status: try await statusLine())
            logger.info("ready")
            try await channel.closeFuture.get()
        } onGracefulShutdown: {
            Notify.stopping()
            // The listener closes first, so that new clients wait for the next daemon and are not
            // refused.
            channel.close(promise: nil)
        }
        try await engine.eventLoop.submit { engine.value.stop() }.get()
        logger.info("stopped")
    }

    private func statusLine() async throws -> String {
        try await engine.eventLoop.submit { engine.value.statusLine }.get()
    }

    private func bind() async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: engine.eventLoop)
            .serverChannelOption(.backlog, value: 4096)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .writeBufferWaterMark, value: .init(low: 1 << 20, high: Limits.unreadReplyBytes)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Connection(engine: engine.value, logger: logger))
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

/// Why the daemon cannot listen; exit 73.
enum ListenerError: Error {
    case inUse
}
