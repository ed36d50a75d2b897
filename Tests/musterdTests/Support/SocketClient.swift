import MusterCore
import NIOCore
import NIOPosix

/// A client of a Unix socket that reads frames.
struct SocketClient {
    private let channel: any Channel
    private var bytes: AsyncStream<[UInt8]>.Iterator
    private var decoder = FrameDecoder()

    /// Connects to `path` and lets `body` talk; the connection ends with it.
    static func talk<Value>(
        to path: String, _ body: (inout SocketClient) async throws -> Value
    ) async throws -> Value {
        let (bytes, source) = AsyncStream.makeStream(of: [UInt8].self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Reading(source))
                }
            }
            .connect(unixDomainSocketPath: path).get()
        var client = SocketClient(channel: channel, bytes: bytes.makeAsyncIterator())
        do {
            let value = try await body(&client)
            channel.close(promise: nil)
            return value
        } catch {
            channel.close(promise: nil)
            throw error
        }
    }

    private init(channel: any Channel, bytes: AsyncStream<[UInt8]>.Iterator) {
        self.channel = channel
        self.bytes = bytes
    }

    func send(_ texts: String...) async throws {
        var bytes: [UInt8] = []
        for text in texts { Frame.encode(Array(text.utf8), into: &bytes) }
        try await send(bytes)
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// The next reply, or nil when the server has closed.
    mutating func reply() async throws -> Answer? {
        while true {
            if case .body(let body)? = try decoder.next() {
                return Answer(json: try JSON.parse(body))
            }
            guard let more = await bytes.next(isolation: #isolation) else { return nil }
            decoder.feed(more.span)
        }
    }
}

/// Hands on what comes, until the connection ends.
private final class Reading: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let source: AsyncStream<[UInt8]>.Continuation

    init(_ source: AsyncStream<[UInt8]>.Continuation) {
        self.source = source
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        source.yield(Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) {
        source.finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A server that closes while more is being sent resets the connection.
        context.close(promise: nil)
    }
}
