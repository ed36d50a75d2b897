/// The protocol as the daemon describes it.
public struct ProtocolDescription: Hashable, Sendable {
    /// The version that is described.
    public let protocolVersion: Int
    /// Methods, in the order of the reference.
    public let methods: [Item]
    /// Errors, in the order of the reference.
    public let errors: [Item]
    /// Events of the log, in the order of their numbers there.
    public let events: [Item]
    /// The whole answer.
    public let json: JSONValue

    /// A method, an error or an event.
    public struct Item: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// What it is for, or means, in a sentence for people.
        public let summary: String
        /// All that was asked for: with schemas where it was described whole.
        public let json: JSONValue
    }

    /// What to describe whole.
    public enum Subject: Hashable, Sendable {
        case method(String)
        case error(String)
        case event(String)
        case everything
    }
}

extension MusterConnection {
    /// What the daemon's protocol consists of; with a subject that, whole.
    public func describe(
        _ subject: ProtocolDescription.Subject? = nil
    ) async throws(ClientError) -> ProtocolDescription {
        let params: JSONValue =
            switch subject {
            case .method(let name): ["method": .string(name)]
            case .error(let name): ["error": .string(name)]
            case .event(let name): ["event": .string(name)]
            case .everything: ["all": true]
            case nil: [:]
            }
        let reply = try await call("describe", params)
        return try reply.read { (answer) throws(AnswerError) in try ProtocolDescription(answer) }
    }
}

extension ProtocolDescription {
    fileprivate init(_ answer: Answer) throws(AnswerError) {
        protocolVersion = try answer.member("protocol").integer()
        methods = try answer.list("methods", Item.init)
        errors = try answer.list("errors", Item.init)
        events = try answer.list("events", Item.init)
        json = answer.value
    }
}

extension ProtocolDescription.Item {
    fileprivate init(_ answer: Answer) throws(AnswerError) {
        name = try answer.member("name").string()
        summary = try answer.member("summary").string()
        json = answer.value
    }
}
