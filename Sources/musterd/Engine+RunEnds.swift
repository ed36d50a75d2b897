import Logging
import MusterCore
import MusterStore

extension Engine {
    /// Tells the journal how runs have ended, once it is durable, and what a person is to do.
    ///
    /// `events` are the last of the log.
    func tellRunEnds(of events: [Event]) {
        for (index, event) in events.enumerated() {
            guard let end = RunEnding(of: event.fact), let run = state.run(end.run) else {
                continue
            }
            let position = head.position - Position(events.count - 1 - index)
            logger.tell(
                end.kind, "\(end.text)",
                [
                    "run": "\(end.run)", "instance": "\(state[run.instance].id.text)",
                    "position": "\(position)",
                ])
        }
    }
}

/// How the journal tells the end of a run.
struct RunEnding: Equatable {
    let run: RunID
    let kind: JournalMessage
    let text: String

    /// Nil where the fact ends no run.
    init?(of fact: Fact) {
        switch fact {
        case .syncSucceeded(let run):
            self.init(run: run, kind: .runSucceeded, text: "the run succeeded")
        case .syncFailed(let run, let failure, let detail):
            self.init(
                run: run, kind: .runFailed,
                text: "the run failed: " + Self.say(failure.message, detail, failure.remedy))
        case .syncHeld(let held):
            self.init(
                run: held.run, kind: held.reason == .credential ? .credentialWrong : .runHeld,
                text: "the run is held: "
                    + Self.say(held.reason.message, held.detail, held.reason.remedy))
        case .syncSkipped(let run, let reason, let remoteStale):
            self.init(
                run: run, kind: .runSkipped,
                text: "the run was skipped: "
                    + Self.say(
                        reason.message, remoteStale ? "an older list is still at TTD" : "",
                        reason.remedy))
        default: return nil
        }
    }

    private init(run: RunID, kind: JournalMessage, text: String) {
        self.run = run
        self.kind = kind
        self.text = text
    }

    private static func say(_ message: String, _ detail: String, _ remedy: String) -> String {
        message + (detail.isEmpty ? " " : " (\(detail)) ") + remedy
    }
}
