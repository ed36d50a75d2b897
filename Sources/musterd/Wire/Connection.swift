import CMuster
import Logging
import MusterCore
import NIOCore

/// One client: bytes in, frames to the engine, replies out when the engine's turn has ended.
///
/// Confined to the loop that carries the engine.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let engine: Engine
    private let logger: Logger
    private var decoder = FrameDecoder()
    private var context: ChannelHandlerContext?
    private var replies: [UInt8] = []
    private var isClosing = false
    private var partialFrameTimer: Scheduled<Void>?
    /// Who connected, as the kernel says; read once.
    private(set) var actor = Actor.daemon

    init(engine: Engine, logger: Logger) {
        self.engine = engine
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let peer = peer(of: context) else {
            logger.warning("closing a connection whose peer the kernel does not name")
            context.close(promise: nil)
            return
        }
        actor = peer
        guard engine.admit(self) else {
            reply(Reply.refusal(nil, .serverBusy))
            isClosing = true
            flush()
            return
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        partialFrameTimer?.cancel()
        self.context = nil
        engine.dismiss(self)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        let arrival = NIODeadline.now()
        decoder.feed(unwrapInboundIn(data).readableBytesView)
        do {
            while let incoming = try decoder.next() {
                // The limit is for each frame: what follows has a time of its own.
                forgetPartialFrame()
                engine.receive(incoming, from: self, arrival: arrival)
            }
        } catch {
            refuse(error)
        }
        watchPartialFrame(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // The high-water mark is the limit of unread replies: a client past it does not read.
        if !context.channel.isWritable {
            logger.notice("closing a connection that does not read its replies")
            context.close(promise: nil)
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The peer is gone or its socket is broken; what it sent and was durable stays.
        context.close(promise: nil)
    }

    /// Keeps a reply for the end of the turn; nothing leaves before what it tells is durable.
    func reply(_ body: JSON) {
        Frame.encode(body.encoded(), into: &replies)
    }

    /// Sends what was kept, and closes where that was the last.
    func flush() {
        guard let context else { return }
        if !replies.isEmpty {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: replies)), promise: nil)
            replies.removeAll(keepingCapacity: replies.capacity <= 65_536)
        }
        if isClosing { closeAfterFlush(context) }
    }

    /// Takes nothing more, and closes when the replies have left.
    func finish() {
        isClosing = true
        flush()
    }

    private func closeAfterFlush(_ context: ChannelHandlerContext) {
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    private func refuse(_ error: FrameError) {
        switch error {
        case .invalid(let first): reply(Reply.refusal(nil, .frameInvalid(first: first)))
        }
        isClosing = true
        engine.endTurn(of: self)
    }

    /// A client that stops in the middle of a frame is not waited for longer than the limit.
    private func watchPartialFrame(_ context: ChannelHandlerContext) {
        guard decoder.isMidFrame else {
            forgetPartialFrame()
            return
        }
        guard partialFrameTimer == nil else { return }
        partialFrameTimer = context.eventLoop.assumeIsolated().scheduleTask(
            in: .seconds(Limits.partialFrameSeconds)
        ) { [weak self] in
            guard let self, let context = self.context else { return }
            self.logger.notice("closing a connection in the middle of a frame")
            context.close(promise: nil)
        }
    }

    private func forgetPartialFrame() {
        partialFrameTimer?.cancel()
        partialFrameTimer = nil
    }

    private func peer(of context: ChannelHandlerContext) -> Actor? {
        var found: Actor?
        try? context.channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { descriptor in
            var uid: UInt32 = 0
            var gid: UInt32 = 0
            var pid: Int32 = 0
            // The shim writes the three integers.
            if unsafe muster_peer_credentials(descriptor, &uid, &gid, &pid) == 0 {
                found = .peer(uid: uid, gid: gid, pid: pid)
            }
        }
        return found
    }
}
