import MusterCore
import NIOCore

/// One client: bytes in, frames to the engine, replies out when the engine's turn has ended.
///
/// Confined to the loop that carries the engine.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let engine: Engine
    /// Who connected, as the kernel said when it did.
    let peer: Peer
    /// What this connection may do.
    let rights: Rights
    private var decoder = FrameDecoder()
    private var context: ChannelHandlerContext?
    private var replies: [UInt8] = []
    /// Answers that outlive the turn of their request.
    private var openAnswers = 0
    /// Whether no further request is taken: the client sent no frame, has ended its side, or the
    /// daemon stops.
    private var isClosing = false
    private var hasInputEnded = false
    private var isPaused = false
    private var partialFrameTimer: Scheduled<Void>?
    private var slowReaderTimer: Scheduled<Void>?

    init(engine: Engine, peer: Peer, by door: Door) {
        self.engine = engine
        self.peer = peer
        rights = Rights(of: peer, by: door, engine.writers)
    }

    /// Who events say caused them.
    var actor: Actor { peer.actor }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelActive(context: ChannelHandlerContext) {
        do {
            try engine.admit(self)
            context.fireChannelActive()
        } catch {
            if case .serverBusy(let limit) = error { engine.tell(.busy(limit), of: peer) }
            reply(Reply.refusal(nil, error))
            isClosing = true
            flush()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        forgetPartialFrame()
        slowReaderTimer?.cancel()
        self.context = nil
        engine.dismiss(self)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        decoder.feed(unwrapInboundIn(data).readableBytesView)
        takeFrames()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            // A client may end its side at once and wait for the replies, as `nc -N` does.
            hasInputEnded = true
            if !isPaused { finish() }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            slowReaderTimer?.cancel()
            slowReaderTimer = nil
            resume()
        } else {
            watchSlowReader(context)
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

    /// Counts an answer that comes after this turn, until `replyLate` gives it.
    func expectLateReply() {
        openAnswers += 1
    }

    /// Counts one fewer: the answer is made in another way.
    func forgetLateReply() {
        openAnswers -= 1
    }

    /// Keeps the reply to a request of an earlier turn.
    func replyLate(_ body: JSON) {
        openAnswers -= 1
        reply(body)
    }

    /// Sends what was kept, takes up what was left, and closes where nothing more will come.
    func flush() {
        guard let context else { return }
        if !replies.isEmpty {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: replies)), promise: nil)
            replies.removeAll(keepingCapacity: replies.capacity <= 65_536)
        }
        if isClosing {
            if openAnswers == 0 { closeAfterFlush(context) }
        } else {
            resume()
        }
    }

    /// Takes nothing more, and closes when the replies have left.
    func finish() {
        isClosing = true
        engine.endTurn(of: self)
    }

    /// Whether another request may be taken: the replies of one turn, the answers that outlive it
    /// and what the client has not read are each bounded.
    private var mayTakeMore: Bool {
        replies.count < Limits.turnReplyBytes && openAnswers < Limits.openRequests
            && context?.channel.isWritable == true
    }

    private func takeFrames() {
        guard let context, !isClosing else { return }
        let arrival = NIODeadline.now()
        do {
            while mayTakeMore {
                guard let incoming = try decoder.next() else {
                    pause(false, context)
                    watchPartialFrame(context)
                    if hasInputEnded { finish() }
                    return
                }
                // The limit is for each frame: what follows has a time of its own.
                forgetPartialFrame()
                engine.receive(incoming, from: self, arrival: arrival)
            }
            pause(true, context)
        } catch {
            refuse(error)
        }
    }

    /// Stops reading, so that the client waits and not the daemon's memory.
    private func pause(_ paused: Bool, _ context: ChannelHandlerContext) {
        guard paused != isPaused else { return }
        isPaused = paused
        if paused { forgetPartialFrame() }
        // Setting it cannot fail on an open channel, and on a closed one nothing is read.
        context.channel.setOption(.autoRead, value: !paused).whenFailure { _ in }
    }

    /// Goes on after a pause, in a turn of its own so that other clients have theirs.
    private func resume() {
        guard isPaused, !isClosing, mayTakeMore, let context else { return }
        context.eventLoop.assumeIsolated().execute { [weak self] in self?.takeFrames() }
    }

    private func watchSlowReader(_ context: ChannelHandlerContext) {
        guard slowReaderTimer == nil else { return }
        slowReaderTimer = context.eventLoop.assumeIsolated().scheduleTask(
            in: .seconds(Limits.slowReaderSeconds)
        ) { [weak self] in
            guard let self, let context = self.context else { return }
            self.engine.tell(.unreadReplies, of: self.peer)
            context.close(promise: nil)
        }
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
        let limit = TimeAmount.seconds(Limits.partialFrameSeconds)
        let due = NIODeadline.now() + limit
        partialFrameTimer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) {
            [weak self] in
            guard let self, let context = self.context else { return }
            self.partialFrameTimer = nil
            guard NIODeadline.now() - due < .seconds(1) else {
                // The loop itself was late, so the rest may be waiting to be read.
                self.watchPartialFrame(context)
                return
            }
            self.engine.tell(.halfFrame, of: self.peer)
            context.close(promise: nil)
        }
    }

    private func forgetPartialFrame() {
        partialFrameTimer?.cancel()
        partialFrameTimer = nil
    }
}
