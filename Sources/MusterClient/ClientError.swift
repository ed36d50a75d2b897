import Glibc

/// Why a call has no answer, or an answer that says no.
public enum ClientError: Error, Hashable, Sendable {
    /// No connection came about; nothing was sent.
    case unreachable(reason: UnreachableReason, path: String, remedy: String)
    /// The daemon read the request and refused it.
    case refused(ServerError)
    /// The connection ended before the reply, and once more after a reconnection where that was
    /// allowed; whether a command was applied is unknown. Sending it again with the same
    /// `commandId` is safe: the daemon tells the two apart and answers as it did the first time.
    case connectionLost(commandId: String?)
    /// No reply came within the deadline; what `connectionLost` says about commands holds here too.
    case timedOut(commandId: String?)
    /// The connection ended before the last reply of a stream. A stream of the log goes on where it
    /// was when it is asked for from `resumeFrom`, if that is known; a sync with the same `commandId`
    /// finds its run again.
    case streamEnded(commandId: String?, resumeFrom: Int?)
    /// The request does not fit into a frame; nothing was sent.
    case requestTooLarge(bytes: Int, limit: Int)
    /// What came is not protocol 1, or not the answer of this method.
    case protocolViolation(String)
}

/// Why no connection to the daemon's socket came about.
public enum UnreachableReason: Hashable, Sendable {
    /// There is nothing at the path.
    case noSocket
    /// This user may not open the socket.
    case noPermission
    /// A socket is there and no process listens on it.
    case nobodyListening
    /// The daemon has more waiting connections than its socket takes, and that did not change in
    /// time.
    case backlogFull
    /// The path is longer than a Unix socket's address may be.
    case pathTooLong
    /// The system said something else; its error number.
    case other(errno: Int32)
}

/// A refusal as the daemon words it.
public struct ServerError: Error, Hashable, Sendable {
    /// The error's name, `instance.unknown` for example; names are stable.
    public let name: String
    /// The family of the name, `conflict` for example.
    public let kind: String
    /// What is wrong, for people.
    public let message: String
    /// The facts of this case; which fields there are depends on `name`.
    public let details: JSONValue
    /// Whether the same request may succeed later, unchanged.
    public let isRetryable: Bool
    /// Whether the command was applied all the same.
    public let wasApplied: Bool
    /// What to do about it, for people; may be empty.
    public let remedy: String
}

extension ServerError {
    /// The kind, or `internal` where a later daemon has one that this library does not know.
    public var family: String { Self.kinds.contains(kind) ? kind : "internal" }

    private static let kinds: Set = [
        "frame", "request", "protocol", "access", "unknown", "conflict", "rejected", "unavailable",
        "deadline", "upstream", "internal",
    ]
}

extension ClientError {
    /// What went wrong, in one sentence for people.
    public var message: String {
        switch self {
        case .unreachable(let reason, let path, _): "\(path): \(reason.message)"
        case .refused(let error): error.message
        case .connectionLost: "the connection ended before the reply came"
        case .streamEnded: "the connection ended before the stream did"
        case .timedOut: "no reply came within the deadline"
        case .requestTooLarge(let bytes, let limit):
            "the request has \(bytes) bytes and a frame holds \(limit)"
        case .protocolViolation(let what): "the answer is not understood: \(what)"
        }
    }

    /// What to do about it, in one sentence for people, where there is something to say.
    public var remedy: String? {
        switch self {
        case .unreachable(_, _, let remedy): remedy
        case .refused(let error): error.remedy.isEmpty ? nil : error.remedy
        case .connectionLost(let commandId), .timedOut(let commandId):
            commandId.map {
                "Whether it was applied is unknown. Repeat it with the commandId \($0); "
                    + "that cannot apply it twice."
            }
        case .streamEnded(let commandId?, _):
            "Ask for it again with the commandId \(commandId); that cannot apply it twice."
        case .streamEnded(nil, let position):
            position.map { "Ask for it again, from position \($0)." } ?? "Ask for it again."
        case .requestTooLarge: "Send fewer members in one command."
        case .protocolViolation: "Check that both sides are of versions that fit each other."
        }
    }
}

extension UnreachableReason {
    /// The reason the system's error number stands for.
    init(errno: Int32) {
        switch errno {
        case ENOENT, ENOTDIR: self = .noSocket
        case EACCES, EPERM: self = .noPermission
        case ECONNREFUSED: self = .nobodyListening
        case EAGAIN: self = .backlogFull
        default: self = .other(errno: errno)
        }
    }

    var message: String {
        switch self {
        case .noSocket: "there is no socket"
        case .noPermission: "permission denied"
        case .nobodyListening: "nobody listens on this socket"
        case .backlogFull: "too many connections are waiting already"
        case .pathTooLong: "the path is too long for a socket"
        case .other(let errno): "the connection failed with error number \(errno)"
        }
    }

    var remedy: String {
        switch self {
        case .noSocket:
            "Start the socket (systemctl start musterd.socket), or name another one with --socket "
                + "or MUSTER_SOCKET."
        case .noPermission:
            "Join the socket's group (as root, usermod -aG muster USER; for the query socket "
                + "muster-read), then log in again."
        case .nobodyListening:
            "Start the socket again (systemctl restart musterd.socket); this one was left behind."
        case .backlogFull: "Try again shortly; systemctl status musterd says whether it is stuck."
        case .pathTooLong: "Use a path of at most 107 bytes."
        case .other: "systemctl status musterd.socket musterd.service may say more."
        }
    }
}
