/// What a sync that is followed tells.
public enum RunProgress: Hashable, Sendable {
    /// The run of this id was requested; it goes on whatever becomes of the stream.
    case requested(run: Int)
    /// The run as it stands now.
    case changed(Run)
    /// The run as it ended; nothing follows.
    case ended(Run)
}

extension MusterConnection {
    /// Begins a sync now and tells how it goes, until it has ended.
    ///
    /// The stream has a connection of its own. What ends the stream does not end the run: `run` tells
    /// how it went on, and the same `commandId` finds it again. Arguments are those of `syncNow`.
    public func sync(
        _ instance: String, again: Bool = false, approving approval: Approval? = nil,
        commandId: String? = nil
    ) -> ReplySequence<RunProgress> {
        let params: JSONValue = ["instance": .string(instance)]
        return stream(
            Request(
                "sync.now",
                params.with("approve", approval?.json).with("again", again ? true : nil),
                commandId: commandId),
            resume: nil
        ) { (reply) throws(AnswerError) in
            let answer = Answer(reply.result)
            guard try answer.optional("state") != nil else {
                return [.requested(run: try answer.member("run").integer())]
            }
            let run = try Run(answer)
            return [reply.continues ? .changed(run) : .ended(run)]
        }
    }
}
