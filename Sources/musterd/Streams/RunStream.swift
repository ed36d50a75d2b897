import MusterCore

/// A `sync.now` with `more`: the run, each time it has changed or more of it was uploaded, until it
/// has ended.
///
/// A client that reads slowly misses steps and never the end.
final class RunStream: ReplyStream {
    private let replies: StreamReplies
    private let run: RunID
    private var told: JSON?

    init(_ replies: StreamReplies, run: RunID) {
        self.replies = replies
        self.run = run
    }

    func advance() {
        guard replies.hasRoom else { return }
        let engine = replies.engine
        guard let current = engine.state.run(run) else {
            return replies.refuse(.runUnknown, wasApplied: true)
        }
        // The upload's own last word may come after the run has ended.
        let sent = current.end == nil ? engine.uploads[run] : nil
        let json = engine.state.json(of: current, sent: sent)
        guard json != told else { return }
        told = json
        replies.send(json, position: engine.state.position, isLast: current.end != nil)
    }

    /// Nothing of it waits but the newest state, so it can wait as long as the client likes.
    func lag() {}

    func end(_ rejection: Rejection) { replies.refuse(rejection, wasApplied: true) }

    func cancel() { replies.cancel() }
}
