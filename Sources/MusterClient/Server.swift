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
    /// The log's id, 32 hex digits; another one means another history.
    public let logId: String
    /// The log's position.
    public let position: Int
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
