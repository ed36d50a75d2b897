import MusterClient
import MusterCore

/// How the program ends; the numbers are stable.
enum ExitStatus: Int32 {
    case done = 0
    case unforeseen = 1
    case misuse = 2
    case unreachable = 3
    case access = 4
    case unknown = 5
    case conflict = 6
    case unavailable = 7
    case deadline = 8
    case syncFailed = 9
    case logDamaged = 10
    case membersRejected = 11
    /// As a shell shows a program that Ctrl-C, SIGPIPE or SIGTERM ended.
    case interrupted = 130
    case closedPipe = 141
    case terminated = 143
}

extension ExitStatus {
    /// The status of a refusal; one of a name not known yet goes by its family.
    init(_ error: ServerError) {
        let known = RejectionClass.all.first { $0.name == error.name }
        if let status = known.flatMap({ ExitStatus(rawValue: $0.exitCode) }) {
            self = status
        } else {
            self.init(kind: error.kind)
        }
    }

    private init(kind: String) {
        switch kind {
        case "frame", "request", "protocol", "rejected": self = .misuse
        case "access": self = .access
        case "unknown": self = .unknown
        case "conflict": self = .conflict
        case "unavailable": self = .unavailable
        case "deadline": self = .deadline
        case "upstream": self = .syncFailed
        default: self = .unforeseen
        }
    }

    /// The status of a call that has no answer, or one that says no.
    init(_ error: ClientError) {
        switch error {
        case .unreachable: self = .unreachable
        case .refused(let error): self.init(error)
        case .connectionLost, .streamEnded: self = .unavailable
        case .timedOut: self = .deadline
        case .requestTooLarge: self = .misuse
        case .protocolViolation: self = .unforeseen
        }
    }
}
