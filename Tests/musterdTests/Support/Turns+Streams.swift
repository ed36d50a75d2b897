import MusterCore
import NIOCore
import NIOEmbedded
import Testing

@testable import musterd

extension Turns {
    /// Everything a client has been told when nothing is left to do.
    func replies(to client: Client) throws -> [Answer] {
        settle()
        return try client.replies()
    }

    /// The replies to one request, until nothing is left to do.
    func stream(_ text: String) throws -> [Answer] {
        let client = try connect()
        try client.send(text)
        return try replies(to: client)
    }
}

extension Answer {
    var continues: JSON? { self["continues"] }
    /// The positions of the events it tells.
    var events: [Int64] {
        self["result", "events"]?.array?.compactMap { $0.object?["position"]?.integer } ?? []
    }
    var caughtUp: Int64? { self["result", "caughtUp"]?.integer }
    var heartbeat: Int64? { self["result", "heartbeat"]?.integer }
}

/// A socket whose client takes bytes when a test says so.
final class Valve: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var held: [(data: NIOAny, promise: EventLoopPromise<Void>?)] = []
    private var context: ChannelHandlerContext?
    private(set) var heldBytes = 0
    private var isOpen = false

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        guard !isOpen else { return context.writeAndFlush(data, promise: promise) }
        heldBytes += unwrapOutboundIn(data).readableBytes
        held.append((data, promise))
    }

    /// The client takes what waits, and all that comes.
    func open() {
        isOpen = true
        take(held.count)
    }

    /// The client takes that many parts of what waits.
    func take(_ count: Int) {
        for (data, promise) in held.prefix(count) {
            heldBytes -= unwrapOutboundIn(data).readableBytes
            context?.writeAndFlush(data, promise: promise)
        }
        held.removeFirst(min(count, held.count))
    }
}
