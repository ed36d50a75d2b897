/// What a sync would send now.
public struct Plan: Hashable, Sendable {
    /// The position of the log this is true at.
    public let position: Int
    /// How many members would be sent.
    public let count: Int
    /// The SHA-256 of the file that would be sent, 64 hex digits.
    public let digest: String?
    /// The file's size.
    public let bytes: Int?
    /// Members added since the last success.
    public let added: Int?
    /// Members removed since the last success.
    public let removed: Int?
    /// The last run that succeeded.
    public let lastSuccess: Int?
    /// What would stop it; nil when nothing would.
    public let stop: Stop?
    /// The whole answer, with fields this version of the library does not know.
    public let json: JSONValue

    /// A guard that would stop the run.
    public struct Stop: Hashable, Sendable {
        /// How the run would end: `held` or `skipped`.
        public let state: String
        /// Why, as a stable word.
        public let reason: String
        /// Why, for people.
        public let message: String
        /// What to do about it, for people.
        public let remedy: String
    }
}

extension MusterConnection {
    /// What a sync of an instance would send now.
    public func plan(_ instance: String) async throws(ClientError) -> Plan {
        let reply = try await call("sync.plan", ["instance": .string(instance)])
        return try reply.read { (answer) throws(AnswerError) in try Plan(answer) }
    }
}

extension Plan {
    fileprivate init(_ answer: Answer) throws(AnswerError) {
        position = try answer.member("position").integer()
        count = try answer.member("count").integer()
        digest = try answer.optional("digest")?.string()
        bytes = try answer.optional("bytes")?.integer()
        added = try answer.optional("added")?.integer()
        removed = try answer.optional("removed")?.integer()
        lastSuccess = try answer.optional("lastSuccess")?.integer()
        stop = try answer.optional("stop").map(Stop.init)
        json = answer.value
    }
}

extension Plan.Stop {
    fileprivate init(_ answer: Answer) throws(AnswerError) {
        state = try answer.member("state").string()
        reason = try answer.member("reason").string()
        message = try answer.optional("message")?.string() ?? ""
        remedy = try answer.optional("remedy")?.string() ?? ""
    }
}
