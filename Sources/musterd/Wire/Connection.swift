import MusterCore
import NIOCore

/// One client: bytes in, frames to the engine, replies out when the engine's turn has ended.
///
/// Confined to the loop that carries the engine. Nothing holds it weakly, which would make each of
/// the many references to it slower to count; its timers end when the client has gone.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let engine: Engine
    /// Who connected, as the kernel said when it did.
    let peer: Peer
    /// What this connection may do.
    let rights: Rights
    /// Whether its questions are to be answered still.
    let interest = Interest()
    private var incoming = ReadAhead(aside: Background.reading)
    private var context: ChannelHandlerContext?
    private var replies: [UInt8] = []
    /// Requests that outlive their turn.
    private var openIDs: Set<RequestID> = []
    private var streams = OpenStreams()
    /// The most bytes that are handed to the socket at once while somebody waits to be told.
    private static let part = 16_384
    /// Bytes that the client's socket has not taken, but for small replies before there was a stream,
    /// and those that streams have kept room for.
    private var unsent = 0
    private var reserved = 0
    /// What was taken of it in the engine's turn of this number.
    private var taken = (turn: 0, bytes: 0)
    private var isQueued = false
    /// When it sent, for those who decide whether to wait for it.
    var pace = CommitSiblings.Pace()
    private var readAt = NIODeadline.now()
    /// Whether no further request is taken: the client sent no frame, has ended its side, or the
    /// daemon stops.
    private var isClosing = false
    /// Whether the client sent what is no frame: then no open answer is waited for.
    private var isBroken = false
    private var hasInputEnded = false
    private var isPaused = false
    private var partialFrameTimer: Scheduled<Void>?
    private var slowReaderTimer: Scheduled<Void>?
    private var lagTimer: Scheduled<Void>?

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
        // What was sent before the client went counts, as long as it was read.
        if isQueued, !isPaused { takeFrames() }
        forgetPartialFrame()
        slowReaderTimer?.cancel()
        lagTimer?.cancel()
        self.context = nil
        engine.openStreams -= streams.cancelAll()
        openIDs = []
        interest.lose()
        engine.dismiss(self)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        let buffer = unwrapInboundIn(data)
        incoming.feed(buffer.readableBytesUInt8Span)
        readAt = .now()
        if engine.hasQueue {
            // Others wait for their turn already, and theirs comes first.
            awaitTurn(context)
        } else if !isQueued {
            isQueued = true
            engine.takeAtTurnEnd(of: self)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            // A client may end its side at once and wait for the replies, as `nc -N` does.
            hasInputEnded = true
            if !isPaused, !isQueued { finish() }
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
        reply(body.encoded())
    }

    /// As above, of the answer to a command.
    func reply(_ answer: CommandReply) {
        engine.countWork(of: Frame.encode(into: &replies) { answer.write(into: &$0) })
    }

    /// As above, of a reply that was written beside the loop.
    func reply(_ body: [UInt8]) {
        engine.countWork(of: body.count)
        Frame.encode(body, into: &replies)
    }

    /// Whether a request of this id outlived its turn and is not answered yet.
    func isOpen(_ id: RequestID) -> Bool { openIDs.contains(id) }

    /// Counts an answer that comes after this turn, until `replyLate` gives it.
    func expectLateReply(to id: RequestID) {
        openIDs.insert(id)
    }

    /// Counts one fewer: the answer is made in another way.
    func forgetLateReply(to id: RequestID) {
        openIDs.remove(id)
    }

    /// Keeps the reply to a request of an earlier turn.
    func replyLate(_ body: JSON, to id: RequestID) {
        openIDs.remove(id)
        reply(body)
    }

    /// Lets a stream say what it has to say from now on.
    func open(_ stream: any ReplyStream, _ id: RequestID) {
        openIDs.insert(id)
        streams.append(stream, id)
        engine.openStreams += 1
        engine.endTurn(of: self)
    }

    func close(streamOf id: RequestID) {
        openIDs.remove(id)
        if streams.remove(id) { engine.openStreams -= 1 }
    }

    /// Lets every stream say what it has, in turns.
    func advanceStreams() {
        streams.rotate()
        for stream in streams.all { stream.advance() }
    }

    /// Ends every stream with a refusal; what waits to be computed is not computed any more.
    func endStreams(_ rejection: Rejection) {
        interest.lose()
        for stream in streams.all { stream.end(rejection) }
    }

    /// Whether the client has read enough to be told more of a stream.
    var hasRoom: Bool {
        context != nil && replies.count + unsent + reserved < Limits.streamWindow
    }

    /// Keeps room for what a stream will say, or gives it back.
    func reserve(_ bytes: Int) {
        reserved += bytes
    }

    /// Sends what was kept, takes up what was left, and closes where nothing more will come.
    func flush() {
        guard let context else { return }
        if !replies.isEmpty { send(over: context) }
        watchStreams()
        if isClosing {
            if openIDs.isEmpty || isBroken { closeAfterFlush(context) }
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
        replies.count < Limits.turnReplyBytes && openIDs.count < Limits.openRequests
            && context?.channel.isWritable == true
    }

    /// Reads what is there ahead of its turn.
    func readAhead() {
        guard !isClosing else { return }
        incoming.fill()
    }

    /// Lets the engine look at what was read ahead.
    func foresee() {
        guard !isClosing else { return }
        incoming.foresee { engine.foresee($0) }
    }

    /// Takes the frames that are there, as many as one turn of the loop allows.
    func takeFrames() {
        isQueued = false
        guard let context, !isClosing else { return }
        if taken.turn != engine.turn { taken = (engine.turn, 0) }
        var begin = NIODeadline.now()
        do {
            while mayTakeMore {
                guard engine.mayRead, taken.bytes < Limits.connectionReadBytes else {
                    return awaitTurn(context)
                }
                guard let reading = try incoming.next({ engine.foresee($0) }) else {
                    pause(false, context)
                    watchPartialFrame(context)
                    if hasInputEnded { finish() }
                    return
                }
                // The limit is for each frame: what follows has a time of its own.
                forgetPartialFrame()
                taken.bytes += reading.weight
                engine.receive(reading, from: self, arrival: readAt)
                begin = engine.stops.noteFrame(since: begin)
            }
            pause(true, context)
        } catch {
            refuse(error)
        }
    }

    /// Waits until the connections before it have had their turn.
    private func awaitTurn(_ context: ChannelHandlerContext) {
        pause(true, context)
        guard !isQueued else { return }
        isQueued = true
        engine.queue(self)
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
        awaitTurn(context)
    }

    /// Hands what was kept to the socket; where streams wait for room, in parts so that each one tells
    /// when the client takes it.
    private func send(over context: ChannelHandlerContext) {
        var buffer = ByteBuffer(bytes: replies)
        replies.removeAll(keepingCapacity: replies.capacity <= 65_536)
        if streams.isEmpty, buffer.readableBytes <= Self.part {
            // Nobody waits for it; to be told of each reply takes about as long as to write one.
            return context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        }
        unsent += buffer.readableBytes
        while let part = buffer.readSlice(length: min(Self.part, buffer.readableBytes)),
            part.readableBytes > 0
        {
            context.write(wrapOutboundOut(part)).assumeIsolated().whenComplete { [self] _ in
                sent(part.readableBytes)
            }
        }
        context.flush()
    }

    private func sent(_ bytes: Int) {
        unsent -= bytes
        guard !streams.isEmpty else { return }
        lagTimer?.cancel()
        lagTimer = nil
        watchStreams()
        if hasRoom { advanceStreams() }
    }

    /// A client that takes nothing of its streams is not waited for longer than the limit.
    private func watchStreams() {
        guard !streams.isEmpty, !hasRoom, unsent > 0 else {
            lagTimer?.cancel()
            lagTimer = nil
            return
        }
        guard lagTimer == nil, let context else { return }
        lagTimer = context.eventLoop.assumeIsolated().scheduleTask(
            in: .seconds(Limits.slowReaderSeconds)
        ) { [self] in
            lagTimer = nil
            for stream in streams.all { stream.lag() }
        }
    }

    private func watchSlowReader(_ context: ChannelHandlerContext) {
        guard slowReaderTimer == nil else { return }
        slowReaderTimer = context.eventLoop.assumeIsolated().scheduleTask(
            in: .seconds(Limits.slowReaderSeconds)
        ) { [self] in
            guard let context = self.context else { return }
            engine.tell(.unreadReplies, of: peer)
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
        isBroken = true
        engine.endTurn(of: self)
    }

    /// A client that stops in the middle of a frame is not waited for longer than the limit.
    private func watchPartialFrame(_ context: ChannelHandlerContext) {
        guard incoming.isMidFrame else {
            forgetPartialFrame()
            return
        }
        guard partialFrameTimer == nil else { return }
        let limit = TimeAmount.seconds(Limits.partialFrameSeconds)
        let due = NIODeadline.now() + limit
        partialFrameTimer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) {
            [self] in
            guard let context = self.context else { return }
            partialFrameTimer = nil
            guard NIODeadline.now() - due < .seconds(1) else {
                // The loop itself was late, so the rest may be waiting to be read.
                watchPartialFrame(context)
                return
            }
            engine.tell(.halfFrame, of: peer)
            context.close(promise: nil)
        }
    }

    private func forgetPartialFrame() {
        partialFrameTimer?.cancel()
        partialFrameTimer = nil
    }
}
