import FoundationEssentials
import MusterCore
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A socket in a temporary place that answers frames by a script.
final class ScriptedServer: Sendable {
    /// What the server does next.
    enum Step: Sendable {
        case send(JSON)
        case sendBytes([UInt8])
        case hangUp
    }

    /// What to do after a request: given the number of the connection, counted from 1, and all
    /// requests that came over it, the newest last.
    typealias Script = @Sendable (_ connection: Int, _ requests: [JSON]) -> [Step]

    let path: String
    private let channel: any Channel
    private let record: NIOLockedValueBox<[[JSON]]>
    private let counts: NIOLockedValueBox<Counts>

    /// What the server has open.
    struct Counts {
        var connections = 0
        /// Bytes of replies that were handed to sockets.
        var written = 0
        /// Those of them that no client has taken.
        var unsent = 0
    }

    private init(
        path: String, channel: any Channel, record: NIOLockedValueBox<[[JSON]]>,
        counts: NIOLockedValueBox<Counts>
    ) {
        self.path = path
        self.channel = channel
        self.record = record
        self.counts = counts
    }

    /// How many clients are connected.
    var openConnections: Int { counts.withLockedValue { $0.connections } }

    /// Bytes of replies so far, taken or not.
    var writtenBytes: Int { counts.withLockedValue { $0.written } }

    /// Bytes that no client has taken yet.
    var unsentBytes: Int { counts.withLockedValue { $0.unsent } }

    /// All requests so far, a list for each connection.
    var requests: [[JSON]] { record.withLockedValue { $0 } }

    static func start(_ script: @escaping Script) async throws -> ScriptedServer {
        let path = "/tmp/muster-test-\(UInt64.random(in: 0 ... .max)).sock"
        let record = NIOLockedValueBox<[[JSON]]>([])
        let counts = NIOLockedValueBox(Counts())
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ScriptHandler(script: script, record: record, counts: counts))
                }
            }
            .bind(unixDomainSocketPath: path).get()
        return ScriptedServer(path: path, channel: channel, record: record, counts: counts)
    }

    /// Stops listening and removes the socket.
    func close() async throws {
        try await channel.close()
    }

    /// Stops listening and leaves the socket behind, as a process that was killed does.
    func abandon() async throws {
        let aside = path + ".aside"
        try FileManager.default.moveItem(atPath: path, toPath: aside)
        try await channel.close()
        try FileManager.default.moveItem(atPath: aside, toPath: path)
    }

    /// Removes a socket that was left behind.
    func removeRemains() throws {
        try FileManager.default.removeItem(atPath: path)
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let script: ScriptedServer.Script
    private let record: NIOLockedValueBox<[[JSON]]>
    private let counts: NIOLockedValueBox<ScriptedServer.Counts>
    private let connection: Int
    private var decoder = FrameDecoder()

    init(
        script: @escaping ScriptedServer.Script, record: NIOLockedValueBox<[[JSON]]>,
        counts: NIOLockedValueBox<ScriptedServer.Counts>
    ) {
        self.script = script
        self.record = record
        self.counts = counts
        connection = record.withLockedValue { record in
            record.append([])
            return record.count
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        counts.withLockedValue { $0.connections += 1 }
    }

    func channelInactive(context: ChannelHandlerContext) {
        counts.withLockedValue { $0.connections -= 1 }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        decoder.feed(buffer.readableBytesUInt8Span)
        // The client under test sends frames of JSON; anything else fails its test by silence.
        while let incoming = try? decoder.next(), case .body(let body) = incoming,
            let request = try? JSON.parse(body)
        {
            let requests = record.withLockedValue { record in
                record[connection - 1].append(request)
                return record[connection - 1]
            }
            for step in script(connection, requests) { perform(step, context) }
        }
    }

    private func perform(_ step: ScriptedServer.Step, _ context: ChannelHandlerContext) {
        switch step {
        case .send(let reply):
            var frame: [UInt8] = []
            Frame.encode(reply.encoded(), into: &frame)
            let count = frame.count
            counts.withLockedValue {
                $0.written += count
                $0.unsent += count
            }
            context.channel.writeAndFlush(ByteBuffer(bytes: frame)).whenComplete { [counts] _ in
                counts.withLockedValue { $0.unsent -= count }
            }
        case .sendBytes(let bytes):
            context.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        case .hangUp: context.close(promise: nil)
        }
    }
}

extension JSON {
    /// The member `name`, or null.
    subscript(name: String) -> JSON { object?[name] ?? .null }

    /// A reply to this request.
    func reply(_ result: JSON, position: Int64 = 7) -> ScriptedServer.Step {
        .send(["id": self["id"], "result": result, "position": .integer(position)])
    }

    /// A refusal of this request.
    func refusal(_ name: String, kind: String, details: JSON = [:]) -> ScriptedServer.Step {
        .send([
            "id": self["id"],
            "error": [
                "name": .string(name), "kind": .string(kind), "message": "a message",
                "details": details, "retryable": true, "applied": "no", "remedy": "a remedy",
            ],
        ])
    }
}

/// Returns when `condition` holds, or throws when the test's time is over.
func until(_ condition: () -> Bool) async throws {
    while !condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}
