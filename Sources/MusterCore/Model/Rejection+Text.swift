extension Rejection {
    /// What happened, in one sentence that never quotes a person's data.
    package var message: String {
        switch self {
        case .frameInvalid: "The bytes on this connection are not a frame of protocol 1."
        case .frameTooLarge(let length, let limit):
            "A frame of \(length) bytes was announced; the limit is \(limit) bytes."
        case .requestInvalid(let pointer, let rule), .paramsInvalid(let pointer, let rule):
            pointer.isEmpty ? "The request \(rule)." : "The value at \(pointer) \(rule)."
        case .methodUnknown: "There is no method of this name."
        case .protocolUnsupported: "This server speaks protocol 1 only."
        case .accessDenied(let denial): denial.message
        case .instanceUnknown: "There is no instance of this name."
        case .runUnknown: "There is no run of this number among the last 1,000 of any instance."
        case .memberInvalid(let reason): reason.explanation
        case .membersInvalid(let rejected):
            "\(rejected.count) members of an atomic command were rejected."
        case .versionConflict(let expected, let actual):
            "The instance is at version \(actual), not at \(expected)."
        case .commandIdReused: "This commandId was used before for another command."
        case .instanceImmutable(let pointer, let rule): "The value at \(pointer) \(rule)."
        case .segmentTaken(let other): "The instance \(other.text) already sends to this segment."
        case .instanceLimit(let limit): "There are \(limit) instances, which is the limit."
        case .instanceCountChanged(let expected, let actual):
            "The audience has \(actual) members, not \(expected)."
        case .syncRunning(let run): "Run \(run) of this instance is under way."
        case .syncTooSoon(let seconds):
            "This audience was uploaded within the hour; \(seconds) s remain."
        case .syncCountChanged(let expected, let actual):
            "The approval is for a list of \(expected) members; it is \(actual) now."
        case .syncNotHeld(let run): "Run \(run) is not the held run that waits for approval."
        case .serverBusy(.all):
            "The server has \(ConnectionLimit.all.count) connections, which is the limit."
        case .serverBusy(.user):
            "This user has \(ConnectionLimit.user.count) connections, which is the limit."
        case .serverStopping: "The server is stopping."
        case .logFull: "There is no room for the log to grow."
        case .streamLagged: "The client did not read this stream for too long."
        case .deadlineExceeded: "The deadline passed before the command was decided."
        case .unavailable(let what): what
        }
    }

    /// What to do next.
    package var remedy: String {
        switch self {
        case .frameInvalid:
            "Send a 4-byte big-endian length, then that many bytes of JSON; reconnect first."
        case .frameTooLarge: "Send fewer members a command; hello tells the limits."
        case .requestInvalid, .paramsInvalid:
            "Correct the request; proto-docs describes each method."
        case .methodUnknown: "Use a method of proto-docs/methods.md."
        case .protocolUnsupported: "Ask for protocol 1."
        case .accessDenied(let denial): denial.remedy
        case .instanceUnknown:
            "List the instances with instance.list, or create this one with instance.configure."
        case .runUnknown: "List an instance's runs with sync.list."
        case .memberInvalid, .membersInvalid:
            "Correct or leave out what was rejected, then send again."
        case .versionConflict: "Read the instance again and decide anew."
        case .commandIdReused: "Give every command an id of its own."
        case .instanceImmutable: "Configure a new instance instead."
        case .segmentTaken: "Use that instance, or name another segment."
        case .instanceLimit: "Run a second daemon with a state directory of its own."
        case .instanceCountChanged:
            "Look at the audience with instance.show; if all of it is to go, name its size now."
        case .syncRunning: "Wait for the run to end; sync.show tells its step."
        case .syncTooSoon: "Wait, or ask with again: true."
        case .syncCountChanged:
            "Approve the count that sync.show tells of the held run; where the audience has moved "
                + "away since, sync again and approve the run that is held then."
        case .syncNotHeld:
            "Approve the latest run, and only while it is held for shrink, growth, firstReplace or "
                + "restored."
        case .serverBusy(.all): "Try again after a moment, at growing intervals."
        case .serverBusy(.user): "Close connections of this user that are idle, and try again."
        case .serverStopping: "Try again; the socket starts the server anew."
        case .logFull: "Free space on the file system of the state directory; no restart is needed."
        case .streamLagged: "Ask again, from the position in details.resumeFrom; read what comes."
        case .deadlineExceeded: "Try again with the same commandId."
        case .unavailable: "Try again; if it persists, read the server's journal."
        }
    }
}
