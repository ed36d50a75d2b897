/// A part of an audience: digests in order.
public struct MemberPage: Hashable, Sendable {
    /// Digests of members, 64 hex digits each.
    public let members: [String]
    /// The digest behind which the next page begins; nil at the end.
    public let next: String?
    /// How many members there are in all.
    public let count: Int
    /// The position of the log this is true at.
    public let position: Int
}

extension MusterConnection {
    /// The digests of an audience behind `digest`, at most 10,000.
    public func memberPage(
        of instance: String, behind digest: String? = nil, limit: Int = 1000
    ) async throws(ClientError) -> MemberPage {
        let params: JSONValue = ["instance": .string(instance), "limit": .integer(limit)]
        return try MemberPage(
            try await call("member.list", params.with("from", digest.map { .string($0) })))
    }

    /// All digests of an audience in order, some at a time, all of one position.
    ///
    /// With `addedBy` only those who came in by the commands of this id, or by those whose id begins
    /// with it and a hyphen, and who have been in ever since; the daemon reads its whole log for it.
    /// The stream has a connection of its own, which ends with it.
    public func members(
        of instance: String, addedBy commands: String? = nil
    ) -> ReplySequence<MemberPage> {
        let params: JSONValue = ["instance": .string(instance), "limit": 5000]
        return stream(
            Request("member.list", params.with("addedBy", commands.map { .string($0) })),
            resume: nil
        ) { (reply) throws(AnswerError) in [try MemberPage(read: reply)] }
    }
}

extension MemberPage {
    fileprivate init(_ reply: Reply) throws(ClientError) {
        do throws(AnswerError) {
            self = try MemberPage(read: reply)
        } catch {
            throw .protocolViolation(error.what)
        }
    }

    fileprivate init(read reply: Reply) throws(AnswerError) {
        let answer = Answer(reply.result)
        members = try answer.list("members") { (item) throws(AnswerError) in try item.string() }
        next = try answer.optional("next")?.string()
        count = try answer.member("count").integer()
        position = reply.position
    }
}
