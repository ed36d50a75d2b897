import MusterCore
import NIOCore
import NIOEmbedded
import Testing

@testable import musterd

/// An engine on a loop that turns when a test says so, with clients that need no socket.
///
/// One test uses it on one thread from beginning to end.
final class Turns {
    let loop = EmbeddedEventLoop()
    let scratch: Scratch
    let files: WatchedFileSystem
    let clock = ManualClock(noon)
    private var current: Engine?
    private var clients: [Client] = []
    private let workers = Workers()

    /// What is to be done beside the loop; the test does it between the turns.
    private final class Workers {
        var works: [@Sendable () -> Void] = []
    }

    /// A client, and what it was answered.
    final class Client {
        let channel: EmbeddedChannel
        let connection: Connection
        private var decoder = FrameDecoder()
        private(set) var isOpen = true

        init(_ engine: Engine, _ loop: EmbeddedEventLoop, _ peer: Peer, by door: Door) throws {
            connection = Connection(engine: engine, peer: peer, by: door)
            channel = EmbeddedChannel(handler: connection, loop: loop)
            channel.closeFuture.assumeIsolated().whenComplete { _ in self.isOpen = false }
        }

        /// Gives the engine frames in one read.
        func send(_ texts: String...) throws {
            var bytes: [UInt8] = []
            for text in texts { Frame.encode(Array(text.utf8), into: &bytes) }
            try send(bytes)
        }

        func send(_ bytes: [UInt8]) throws {
            try channel.writeInbound(ByteBuffer(bytes: bytes))
        }

        /// The replies that have left since the last call.
        func replies() throws -> [Answer] {
            while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
                decoder.feed(buffer.readableBytesUInt8Span)
            }
            var answers: [Answer] = []
            while let incoming = try decoder.next() {
                guard case .body(let body) = incoming else { continue }
                answers.append(Answer(json: try JSON.parse(body)))
            }
            return answers
        }
    }

    init(_ scratch: Scratch? = nil) throws {
        self.scratch = try scratch ?? Scratch()
        files = WatchedFileSystem(root: self.scratch.state)
        try self.scratch.credential("first-token\nendpoint \(ScriptedTransport.api)\n")
        try start()
    }

    var engine: Engine {
        get throws { try #require(current) }
    }

    private func start() throws {
        current = try Engine(
            over: files,
            Host(
                clock: clock, credentials: Credentials(directory: scratch.credentials),
                zoneDirectory: scratch.zones,
                calls: APICalls(transport: ScriptedTransport(), clock: clock)), on: loop)
        // A turn ends when the test says so, not some time later.
        current?.siblings.looksLimit = 0
        current?.workers = { [workers] work in workers.works.append(work) }
    }

    /// The engine is gone as if it had been killed, and another takes its place.
    func crash() throws {
        end()
        try start()
    }

    /// The engine is gone as if it had been killed.
    func end() {
        for client in clients { client.channel.close(promise: nil) }
        loop.run()
        clients = []
        current = nil
    }

    /// A client that the engine counts, as it does those of a socket.
    func connect(_ peer: Peer = .root, by door: Door = .command, isAdmitted: Bool = true) throws
        -> Client
    {
        let client = try Client(try engine, loop, peer, by: door)
        if isAdmitted { try engine.admit(client.connection) }
        clients.append(client)
        return client
    }

    /// Ends the loop's turn: what was read is committed and answered.
    func turn() { loop.run() }

    /// Sends requests of `peer` in one read, ends the turn and returns the answers.
    func ask(_ texts: String..., as peer: Peer, by door: Door = .command) throws -> [Answer] {
        let client = try connect(peer, by: door)
        for text in texts { try client.send(text) }
        turn()
        return try client.replies()
    }

    /// Turns the loop until nothing is left to do beside it, without any time passing.
    func settle() {
        turn()
        while !workers.works.isEmpty {
            let works = workers.works
            workers.works = []
            for work in works { work() }
            turn()
        }
    }

    /// Sends requests in one read, ends the turn and returns the answers.
    func ask(_ texts: String...) throws -> [Answer] {
        let client = try connect()
        var bytes: [UInt8] = []
        for text in texts { Frame.encode(Array(text.utf8), into: &bytes) }
        try client.send(bytes)
        turn()
        return try client.replies()
    }

    func ask(_ text: String) throws -> Answer {
        try #require(try ask(text).first)
    }
}

extension Peer {
    static let root = Peer(uid: 0, gid: 0, pid: 1, groups: [])

    /// A user who is in no group that may command.
    static let stranger = Peer(uid: 1001, gid: 1001, pid: 4242, groups: [1001, 27])
}

/// One reply.
struct Answer: Equatable {
    let json: JSON

    subscript(path: String...) -> JSON? {
        path.reduce(json) { value, name in value?.object?[name] }
    }

    /// The bytes of the reply's body.
    var size: Int { json.encoded().count }

    var id: JSON? { self["id"] }
    var result: JSON? { self["result"] }
    var position: Int64? { self["position"]?.integer }
    var version: Int64? { self["version"]?.integer }
    var error: String? { self["error", "name"]?.string }
    var pointer: String? { self["error", "details", "pointer"]?.string }
}
