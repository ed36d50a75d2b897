/// What giving up an audience did.
public struct Retirement: Hashable, Sendable {
    /// How many members left.
    public let removed: Int
    /// The segment at The Trade Desk, which is not touched; nil where none is known.
    public let segment: Instance.Segment?
    /// How many days The Trade Desk keeps the list that was sent last, at most.
    public let retentionDays: Int
    /// The whole answer, with position and version.
    public let reply: Reply
}

extension MusterConnection {
    /// Takes everybody out of an audience of exactly `expectCount` members and disables it.
    public func retire(
        _ instance: String, expectCount: Int, commandId: String? = nil,
        expectedVersion: Int? = nil, deadline: Duration = Request.defaultDeadline
    ) async throws(ClientError) -> Retirement {
        let reply = try await call(
            "instance.retire",
            ["instance": .string(instance), "expectCount": .integer(expectCount)],
            commandId: commandId, expectedVersion: expectedVersion, deadline: deadline)
        return try reply.read { (answer) throws(AnswerError) in
            Retirement(
                removed: try answer.member("removed").integer(),
                segment: try answer.optional("segment").map(Instance.Segment.init),
                retentionDays: try answer.member("retentionDays").integer(), reply: reply)
        }
    }
}
