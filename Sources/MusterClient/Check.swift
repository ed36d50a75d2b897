/// What one call to The Trade Desk proved of an audience, without sending anything.
public struct Check: Hashable, Sendable {
    /// Whether the token is taken: `ok`, `refused` or `unknown`.
    public let token: String
    /// Whether the token may use the advertiser: `ok`, `refused` or `unknown`.
    public let advertiser: String
    /// The segment the audience is sent to: `found`, `absent`, `several`, `unseen` or `unknown`.
    public let segment: String
    /// Days until the token expires, where its expiry is known.
    public let tokenDaysLeft: Int?
    /// The Trade Desk's own name of the call.
    public let requestId: String?
    /// What keeps the audience from being sent, as far as a check can see.
    public let problem: Problem?
    /// The whole answer, with fields this version of the library does not know.
    public let json: JSONValue

    /// What is wrong.
    public struct Problem: Hashable, Sendable {
        /// The kind: `credential`, `token`, `access`, `rejected`, `unreachable`, `unavailable` or
        /// `segment`.
        public let what: String
        /// What is the matter, for people.
        public let message: String
        /// What to do about it, for people.
        public let remedy: String
    }
}

extension MusterConnection {
    /// Asks The Trade Desk whether token, access and advertiser of an audience are good; uploads
    /// nothing.
    public func check(
        _ instance: String, deadline: Duration = Request.defaultDeadline
    ) async throws(ClientError) -> Check {
        let reply = try await call(
            "instance.check", ["instance": .string(instance)], deadline: deadline)
        return try reply.read { (answer) throws(AnswerError) in try Check(answer) }
    }
}

extension Check {
    init(_ answer: Answer) throws(AnswerError) {
        token = try answer.member("token").string()
        advertiser = try answer.member("advertiser").string()
        segment = try answer.member("segment").string()
        tokenDaysLeft = try answer.optional("tokenDaysLeft")?.integer()
        requestId = try answer.optional("requestId")?.string()
        problem = try answer.optional("problem").map(Problem.init)
        json = answer.value
    }
}

extension Check.Problem {
    fileprivate init(_ answer: Answer) throws(AnswerError) {
        what = try answer.member("what").string()
        message = try answer.member("message").string()
        remedy = try answer.member("remedy").string()
    }
}
