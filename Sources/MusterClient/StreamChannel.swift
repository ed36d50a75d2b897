import MusterCore
import NIOCore

/// A connection that carries one stream, and closes with the last reference to it.
final class StreamChannel: Sendable {
    private let channel: any Channel
    private let inbox: NIOLoopBound<StreamInbox>

    private init(channel: any Channel, inbox: NIOLoopBound<StreamInbox>) {
        self.channel = channel
        self.inbox = inbox
    }

    deinit { channel.close(promise: nil) }

    /// Connects and sends the request.
    static func open(_ dialer: Dialer, _ request: Request) async throws(ClientError)
        -> StreamChannel
    {
        let body = request.body(id: 1, more: true)
        guard body.count <= Frame.hardLimit else {
            throw .requestTooLarge(bytes: body.count, limit: Frame.hardLimit)
        }
        do {
            return try await dialer.loop.flatSubmit {
                let inbox = NIOLoopBound(StreamInbox(), eventLoop: dialer.loop)
                return dialer.dial(readsAhead: false) { inbox.value }.map { channel in
                    var frame: [UInt8] = []
                    Frame.encode(body, into: &frame)
                    channel.writeAndFlush(ByteBuffer(bytes: frame), promise: nil)
                    return StreamChannel(channel: channel, inbox: inbox)
                }
            }.get()
        } catch let error as ClientError {
            throw error
        } catch {
            throw .protocolViolation("the connection could not be made")
        }
    }

    /// The next reply, or nil where the connection has ended; a cancelled task ends it.
    func next() async throws(ClientError) -> Reply? {
        let promise = channel.eventLoop.makePromise(of: [UInt8]?.self)
        channel.eventLoop.execute { [inbox] in inbox.value.next(promise) }
        let body: [UInt8]?
        do {
            body = try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            throw .protocolViolation("the daemon sent something that is not a frame")
        }
        guard let body else { return nil }
        switch try Self.read(body) {
        case .reply(_, let reply): return reply
        case .refusal(_, let error): throw .refused(error)
        }
    }

    private static func read(_ body: [UInt8]) throws(ClientError) -> Incoming {
        do throws(AnswerError) {
            return try Incoming(body)
        } catch {
            throw .protocolViolation(error.what)
        }
    }
}

/// Reads from the socket only while somebody waits for a frame.
final class StreamInbox: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var decoder = FrameDecoder(limit: Frame.hardLimit)
    private var context: ChannelHandlerContext?
    private var waiting: EventLoopPromise<[UInt8]?>?
    private var hasEnded = false

    /// Gives the next frame's body, or nil where the connection ends before it.
    func next(_ promise: EventLoopPromise<[UInt8]?>) {
        waiting = promise
        deliver()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        decoder.feed(buffer.readableBytesUInt8Span)
    }

    func channelReadComplete(context: ChannelHandlerContext) { deliver() }

    func channelInactive(context: ChannelHandlerContext) {
        hasEnded = true
        self.context = nil
        deliver()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Whatever it was, the end of the channel is what counts.
        context.close(promise: nil)
    }

    private func deliver() {
        guard let promise = waiting else { return }
        do throws(FrameError) {
            // A body over the hard limit cannot be claimed, so nothing but bodies is here.
            if case .body(let body)? = try decoder.next() {
                waiting = nil
                promise.succeed(body)
            } else if hasEnded {
                waiting = nil
                promise.succeed(nil)
            } else {
                context?.read()
            }
        } catch {
            waiting = nil
            promise.fail(error)
        }
    }
}
