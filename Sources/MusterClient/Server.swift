/// Who answers on the socket.
public struct Server: Hashable, Sendable {
    /// The daemon's version.
    public let version: String
    /// The protocol's version.
    public let protocolVersion: Int
    /// What it can do, as stable words.
    public let capabilities: [String]
    /// Its limits, by name.
    public let limits: JSONValue
    /// The log's id, 32 hex digits; another one means another history, see `history(since:)`.
    public let logId: String
    /// The log's position.
    public let position: Int
}

/// How far a client knew the log: what it keeps wherever it keeps positions.
public struct LogBookmark: Hashable, Sendable {
    /// The log's id.
    public let logId: String
    /// The highest position the client knows.
    public let position: Int

    /// What a client kept.
    public init(logId: String, position: Int) {
        self.logId = logId
        self.position = position
    }
}

/// What became of the log since a client knew it.
public enum LogHistory: Hashable, Sendable {
    /// It goes on from there; everything the client knows is still so.
    case continued
    /// It was put back from a copy and has a new id: what the client knows may be lost, and its
    /// positions mean nothing any more.
    case adopted
    /// It ends before what the client knows: it was put back from a copy without being adopted.
    case shorter
}

extension Server {
    /// What to keep, to compare the next time.
    public var bookmark: LogBookmark { LogBookmark(logId: logId, position: position) }

    /// What became of the log since a client knew it up to `point`.
    ///
    /// Ask after every connect. Where the log was put back, send again what the client has sent
    /// since the copy was made, or all of its audience; and keep the new `bookmark`.
    public func history(since point: LogBookmark) -> LogHistory {
        if logId != point.logId { return .adopted }
        return position < point.position ? .shorter : .continued
    }
}

extension MusterConnection {
    /// Greets the daemon; not needed before other calls.
    public func hello(client: String? = nil) async throws(ClientError) -> Server {
        let params: JSONValue = ["protocol": [1]]
        let reply = try await call("hello", params.with("client", client.map { .string($0) }))
        return try reply.read { (answer) throws(AnswerError) in
            Server(
                version: try answer.member("version").string(),
                protocolVersion: try answer.member("protocol").integer(),
                capabilities: try answer.list("capabilities") { (item) throws(AnswerError) in
                    try item.string()
                },
                limits: try answer.optional("limits")?.value ?? [:],
                logId: try answer.member("logId").string(),
                position: try answer.member("position").integer())
        }
    }

    /// Returns when the daemon answers.
    public func ping() async throws(ClientError) {
        _ = try await call("ping")
    }

    /// How the daemon fares; with `stateHash` also the hash of its state, which takes longer.
    public func status(
        stateHash: Bool = false, deadline: Duration = Request.defaultDeadline
    ) async throws(ClientError) -> JSONValue {
        try await call("status", stateHash ? ["stateHash": true] : [:], deadline: deadline).result
    }
}
