import Logging
import MusterCore
import NIOCore

/// What the journal is told of a client that was turned away: what, and whose it was, and nothing
/// that the client sent.
enum Notice: Hashable {
    case denied(Door)
    case busy(ConnectionLimit)
    case halfFrame
    case unreadReplies
    case unknownPeer
    case logFull

    /// That of a refusal, where the journal is told.
    init?(_ rejection: Rejection) {
        switch rejection {
        case .accessDenied(let denial): self = .denied(denial.door)
        case .logFull: self = .logFull
        default: return nil
        }
    }

    /// What an operator finds it by; the others are of one client's making.
    fileprivate var kind: JournalMessage? {
        switch self {
        case .denied: .clientRefused
        case .busy: .tooManyConnections
        case .logFull: .logFull
        case .halfFrame, .unreadReplies, .unknownPeer: nil
        }
    }

    fileprivate var text: Logger.Message {
        switch self {
        case .denied(.command): "a command was refused: this user may only ask"
        case .denied(.query): "a request was refused that the query socket does not serve"
        case .busy: "a connection was refused: there are as many as may be"
        case .halfFrame: "closing a connection in the middle of a frame"
        case .unreadReplies: "closing a connection that does not read its replies"
        case .unknownPeer: "closing a connection whose peer the kernel does not name"
        case .logFull: "a command was refused: the log has no room to grow"
        }
    }

    fileprivate var metadata: Logger.Metadata {
        if case .busy(let limit) = self { ["limit": "\(limit.rawValue)"] } else { [:] }
    }
}

/// Keeps a flood of refusals from flooding the journal: a few notices a minute of each kind, and
/// then how many were left out.
struct Notices {
    private struct Minute {
        let end: NIODeadline
        var said = 0
        var leftOut = 0
    }

    /// The most notices of one kind in a minute.
    static let limit = 5
    private var minutes: [Notice: Minute] = [:]

    /// How many notices of this kind were left out before this one, or nil where this one is left
    /// out too.
    mutating func take(_ notice: Notice, at now: NIODeadline) -> Int? {
        var minute = minutes[notice] ?? Minute(end: now + .minutes(1))
        var leftOut = 0
        if now >= minute.end {
            leftOut = minute.leftOut
            minute = Minute(end: now + .minutes(1))
        }
        defer { minutes[notice] = minute }
        guard minute.said < Self.limit else {
            minute.leftOut += 1
            return nil
        }
        minute.said += 1
        return leftOut
    }
}

extension Engine {
    /// Tells the journal that a client was turned away, unless it was told often enough.
    func tell(_ notice: Notice, of peer: Peer?) {
        guard let leftOut = notices.take(notice, at: .now()) else { return }
        var metadata = notice.metadata
        if let peer { metadata["uid"] = "\(peer.uid)" }
        if leftOut > 0 { metadata["leftOut"] = "\(leftOut)" }
        if let kind = notice.kind {
            logger.tell(kind, notice.text, metadata)
        } else {
            logger.notice(notice.text, metadata: metadata)
        }
    }
}
