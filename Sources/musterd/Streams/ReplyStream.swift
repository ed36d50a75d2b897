import MusterCore
import NIOCore

/// A request that is answered by several replies; confined to the engine's loop.
protocol ReplyStream: AnyObject {
    /// Says what there is to say, as far as the client reads.
    func advance()
    /// Gives up because the client does not read.
    func lag()
    /// Ends with `rejection` as the last reply.
    func end(_ rejection: Rejection)
    /// Forgets the client, who is gone.
    func cancel()
}

/// Where the replies of one stream go.
final class StreamReplies {
    let id: RequestID
    let engine: Engine
    let connection: Connection
    /// What it will say and has asked room for.
    private var reserved = 0
    private(set) var isOver = false

    init(_ id: RequestID, engine: Engine, connection: Connection) {
        self.id = id
        self.engine = engine
        self.connection = connection
    }

    /// Whether the client has read enough to be told more.
    var hasRoom: Bool { !isOver && connection.hasRoom }

    /// Keeps room for what is being read beside the loop.
    func reserve(_ bytes: Int) {
        reserved += bytes
        connection.reserve(bytes)
    }

    /// Gives the room back that was kept.
    func release() {
        connection.reserve(-reserved)
        reserved = 0
    }

    /// Sends one reply; the last one ends the stream.
    func send(_ result: JSON, position: Position, isLast: Bool = false) {
        guard !isOver else { return }
        connection.reply(
            isLast
                ? Reply.answer(id, result, position: position)
                : Reply.continued(id, result, position: position))
        if isLast { close() }
        engine.endTurn(of: connection)
    }

    /// Sends the body of a reply that was made beside the loop, with more to come.
    func send(_ body: [UInt8]) {
        guard !isOver else { return }
        connection.reply(body)
        engine.endTurn(of: connection)
    }

    func refuse(_ rejection: Rejection, wasApplied: Bool = false) {
        guard !isOver else { return }
        connection.reply(Reply.refusal(id, rejection, wasApplied: wasApplied))
        close()
        engine.endTurn(of: connection)
    }

    /// Nothing is said any more.
    func cancel() {
        guard !isOver else { return }
        isOver = true
        release()
    }

    private func close() {
        cancel()
        connection.close(streamOf: id)
    }
}

extension Engine {
    /// Computes a value away from the loop and takes it back there.
    func beside<Value: Sendable>(
        _ compute: @escaping @Sendable () -> Value, then take: @escaping (Value) -> Void
    ) {
        worksBeside += 1
        let taker = NIOLoopBound(
            { (value: Value) in
                take(value)
                self.worksBeside -= 1
                self.sayFarewell()
            }, eventLoop: loop.nonisolated())
        workers {
            let value = compute()
            taker.eventLoop.execute { taker.value(value) }
        }
    }

    /// As above for a client, and nil where nobody waits for it any more when its turn comes: many
    /// questions may wait for their turn longer than whoever asked them.
    func beside<Value: Sendable>(
        for connection: Connection, _ compute: @escaping @Sendable () -> Value,
        then take: @escaping (Value?) -> Void
    ) {
        beside(
            { [interest = connection.interest] in interest.isLost ? nil : compute() }, then: take)
    }
}
