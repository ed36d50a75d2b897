/// Whether someone is in an audience, and the events that made it so.
public struct MemberHistory: Hashable, Sendable {
    /// Whether they are in now.
    public let isMember: Bool
    /// What happened, the newest first; the daemon tells the newest 1,000.
    public let events: [Event]
    /// Whether more happened before.
    public let isTruncated: Bool
    /// The whole answer, with fields this version of the library does not know.
    public let json: JSONValue

    /// Someone came into an audience or left it.
    public struct Event: Hashable, Sendable {
        /// The event's position in the log.
        public let position: Int
        /// When, by the host's clock, as RFC 3339 in UTC.
        public let at: String
        /// What happened: `membersAdded`, `membersRemoved` or `instanceRetired`.
        public let event: String
        /// Which process caused it; nil where it was the daemon by itself.
        public let actor: Actor?
        /// How many came or went in it; nil where the daemon is older and does not say.
        public let members: Int?
        /// The id of the command that caused it, where it had one and the daemon says it.
        public let commandId: String?
    }

    /// A process as the kernel named it when it connected.
    public struct Actor: Hashable, Sendable {
        /// Its user.
        public let uid: Int
        /// Its group.
        public let gid: Int
        /// Its number.
        public let pid: Int

        /// A process of these numbers.
        public init(uid: Int, gid: Int, pid: Int) {
            self.uid = uid
            self.gid = gid
            self.pid = pid
        }
    }
}

extension MemberHistory {
    init(_ answer: Answer) throws(AnswerError) {
        isMember = try answer.member("member").bool()
        events = try answer.list("history", Event.init)
        isTruncated = try answer.optional("truncated")?.bool() ?? false
        json = answer.value
    }
}

extension MemberHistory.Event {
    fileprivate init(_ answer: Answer) throws(AnswerError) {
        position = try answer.member("position").integer()
        at = try answer.member("at").string()
        event = try answer.member("event").string()
        let actor = try answer.member("actor")
        self.actor = actor.value.object == nil ? nil : try MemberHistory.Actor(actor)
        members = try answer.optional("members")?.integer()
        commandId = try answer.optional("commandId")?.string()
    }
}

extension MemberHistory.Actor {
    fileprivate init(_ answer: Answer) throws(AnswerError) {
        uid = try answer.member("uid").integer()
        gid = try answer.member("gid").integer()
        pid = try answer.member("pid").integer()
    }
}
