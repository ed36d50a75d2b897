/// What adding or removing members did.
public struct MembershipChange: Hashable, Sendable {
    /// How many members were added, or removed.
    public let changed: Int
    /// How many were in, or out, already.
    public let unchanged: Int
    /// The values that are no members, as many as the daemon lists (the first 1,000).
    public let rejected: [RejectedMember]
    /// How many values are no members.
    public let rejectedCount: Int
    /// The audience's size now.
    public let members: Int
    /// The whole answer.
    public let reply: Reply
}

/// A value that is no member, by its place in the list that was sent.
public struct RejectedMember: Hashable, Sendable {
    /// Its place, counted from 0.
    public let index: Int
    /// Why, as a stable word of the protocol.
    public let reason: String
}

extension MembershipChange {
    /// Reads the answer of `member.add` or `member.remove`, whose count is named `verb`.
    public init(_ reply: Reply, verb: Verb) throws(ClientError) {
        self = try reply.read { (answer) throws(AnswerError) in
            try MembershipChange(answer, verb: verb, reply: reply)
        }
    }

    /// What was done, as the answer's name for its count.
    public enum Verb: String, Sendable {
        case added
        case removed
    }

    private init(_ answer: Answer, verb: Verb, reply: Reply) throws(AnswerError) {
        changed = try answer.member(verb.rawValue).integer()
        unchanged = try answer.member("unchanged").integer()
        rejected = try answer.list("rejected") { (item) throws(AnswerError) in
            RejectedMember(
                index: try item.member("index").integer(),
                reason: try item.member("reason").string())
        }
        rejectedCount = try answer.member("rejectedCount").integer()
        members = try answer.member("members").integer()
        self.reply = reply
    }
}

extension MusterConnection {
    /// Adds members to an audience; with `atomic`, all of them or none.
    ///
    /// A member is an address, or its SHA-256 as 64 hex digits or 44 base64 characters. At most
    /// 50,000 go into one call. What is no member is reported and the rest is taken.
    public func addMembers(
        _ members: [String], to instance: String, atomic: Bool = false, commandId: String? = nil,
        expectedVersion: Int? = nil, deadline: Duration = Request.defaultDeadline
    ) async throws(ClientError) -> MembershipChange {
        try await change(
            Request.addMembers(members, to: instance, atomic: atomic), .added, commandId,
            expectedVersion, deadline)
    }

    /// Removes members from an audience; with `atomic`, all of them or none.
    ///
    /// What may be given is as for adding.
    public func removeMembers(
        _ members: [String], from instance: String, atomic: Bool = false, commandId: String? = nil,
        expectedVersion: Int? = nil, deadline: Duration = Request.defaultDeadline
    ) async throws(ClientError) -> MembershipChange {
        try await change(
            Request.removeMembers(members, from: instance, atomic: atomic), .removed, commandId,
            expectedVersion, deadline)
    }

    private func change(
        _ command: Request, _ verb: MembershipChange.Verb, _ commandId: String?,
        _ expectedVersion: Int?, _ deadline: Duration
    ) async throws(ClientError) -> MembershipChange {
        var request = command
        request.commandId = commandId
        request.expectedVersion = expectedVersion
        request.deadline = deadline
        return try MembershipChange(await call(request), verb: verb)
    }

    /// Whether someone is in an audience now, and what made it so.
    ///
    /// The daemon reads its whole log for it, so give a long one time.
    public func memberHistory(
        of member: String, in instance: String, deadline: Duration = Request.defaultDeadline
    ) async throws(ClientError) -> MemberHistory {
        let params: JSONValue = [
            "instance": .string(instance), "member": .string(member), "history": true,
        ]
        let reply = try await call(Request("member.show", params, deadline: deadline))
        return try reply.read { (answer) throws(AnswerError) in try MemberHistory(answer) }
    }

    /// Whether someone is in an audience now.
    public func isMember(_ member: String, of instance: String) async throws(ClientError) -> Bool {
        let reply = try await call(
            "member.show", ["instance": .string(instance), "member": .string(member)])
        return try reply.read { (answer) throws(AnswerError) in try answer.member("member").bool() }
    }
}

extension Request {
    /// The request behind `addMembers`, for `submit`.
    public static func addMembers(
        _ members: [String], to instance: String, atomic: Bool = false
    ) -> Request {
        Request("member.add", params(members, instance, atomic))
    }

    /// The request behind `removeMembers`, for `submit`.
    public static func removeMembers(
        _ members: [String], from instance: String, atomic: Bool = false
    ) -> Request {
        Request("member.remove", params(members, instance, atomic))
    }

    private static func params(
        _ members: [String], _ instance: String, _ atomic: Bool
    ) -> JSONValue {
        let params: JSONValue = [
            "instance": .string(instance), "members": .array(members.map { .string($0) }),
        ]
        return atomic ? params.with("atomic", true) : params
    }
}
