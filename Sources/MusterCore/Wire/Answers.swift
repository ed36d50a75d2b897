/// The limits that `hello` tells and the server keeps.
package struct Limits: Hashable, Sendable {
    package static let openRequests = 64
    package static let partialFrameSeconds: Int64 = 10
    package static let commitBodyBytes = 8 << 20
    /// Replies that wait for a client to read them; past this its requests wait, and where that
    /// lasts `slowReaderSeconds` it is disconnected.
    package static let unreadReplyBytes = 8 << 20
    package static let slowReaderSeconds: Int64 = 10
    /// Replies of one connection in one turn, after which other connections have theirs: a client
    /// that asks for little must not wait for megabytes of others' answers to be written.
    package static let turnReplyBytes = 64 << 10

    /// What a stream may have waiting at its connection before it waits itself.
    package static let streamWindow = 1 << 20
    /// How long a stream of the log is silent before it says that it still is there.
    package static let heartbeatSeconds: Int64 = 15
    /// How many lists of members are read at once, for all connections; others wait.
    package static let listsAtOnce = 4
    /// How long a query waits for its `minPosition` where it names no deadline.
    package static let positionWaitMilliseconds: Int64 = 30_000
    /// What is taken up in one turn of the loop from all connections, and answered there.
    package static let turnReadBytes = 8 << 20
    /// What is taken up in one turn of the loop from one connection, but for its last frame.
    package static let connectionReadBytes = 1 << 20

    static let json: JSON = [
        "maxFrameBytes": .integer(Int64(Frame.defaultLimit)),
        "maxMembers": .integer(Int64(MemberList.limit)),
        "maxInstances": .integer(Int64(State.instanceLimit)),
        "maxRequestsOpen": .integer(Int64(openRequests)),
        "maxConnections": .integer(Int64(ConnectionLimit.all.count)),
        "maxConnectionsPerUser": .integer(Int64(ConnectionLimit.user.count)),
        "maxUnreadReplyBytes": .integer(Int64(unreadReplyBytes)),
        "partialFrameSeconds": .integer(partialFrameSeconds),
        "slowReaderSeconds": .integer(slowReaderSeconds),
        "heartbeatSeconds": .integer(heartbeatSeconds),
        "listsAtOnce": .integer(Int64(listsAtOnce)),
        "commitBodyBytes": .integer(Int64(commitBodyBytes)),
        "memberCommandIds": .integer(Int64(Receipts.memberLimit)),
        "otherCommandIds": .integer(Int64(Receipts.otherLimit)),
        "rejectedListed": .integer(Int64(RejectedMembers.listed)),
        "maxNesting": .integer(Int64(JSON.depthLimit)),
        "maxObjectMembers": .integer(Int64(JSON.memberLimit)),
        "maxValues": .integer(Int64(JSON.valueLimit)), "maxTextBytes": TextLimit.json,
    ]
}

extension State {
    /// The result of `hello`.
    ///
    /// The capabilities are those of the connection that asks.
    package func hello(version: String, logId: String, _ rights: Rights) -> JSON {
        [
            "server": "musterd", "version": .string(version), "protocol": 1,
            "capabilities": rights.mayCommand
                ? ["commands", "queries", "streams"] : ["queries", "streams"],
            "limits": Limits.json, "logId": .string(logId),
            "position": .integer(Int64(position)),
        ]
    }

    /// The result of `sync.list`: the remembered runs of an instance, newest first, without what
    /// TTD said of their drops, which a frame could not hold for all of them.
    package func runs(of instance: InstanceState) -> JSON {
        ["runs": .array(instance.runs.reversed().map { json(of: $0, withDropStatus: false) })]
    }

    /// One run, as `sync.show` answers it; `sent` is how much of its list was handed over so far.
    package func json(of run: Run, withDropStatus: Bool = true, sent: UInt64? = nil) -> JSON {
        let end = RunEnd(run)
        var members: [(name: String, value: JSON)] = [
            ("run", .integer(Int64(run.id))), ("instance", .string(self[run.instance].id.text)),
            ("date", .string(run.date.text)), ("cause", .string(run.reason.word)),
            ("state", .string(end.state)), ("step", .text(end.step)),
            ("reason", .text(end.reason)), ("class", .text(end.failure)),
            ("detail", .text(end.detail)), ("remoteStale", .bool(end.remoteStale)),
            ("position", .count(run.frozen?.position)), ("count", .count(run.frozen?.count)),
            ("digest", .text(run.frozen?.digest.hex)), ("bytes", .count(run.frozen?.bytes)),
            ("added", .count(run.frozen?.added)), ("removed", .count(run.frozen?.removed)),
            ("reference", .text(run.reference)), ("attempts", .integer(Int64(run.attempts))),
            ("requestId", .text(run.uploaded?.requestId)),
            ("startedAt", .string(run.requestedAt.text)), ("endedAt", .text(run.endedAt?.text)),
            ("dropStatus", .text(withDropStatus ? run.dropStatus?.answer : nil)),
            ("actor", run.actor.json),
        ]
        if let approval = run.approval {
            members.append(("approvedRun", .integer(Int64(approval.heldRun))))
        }
        if sent != nil { members.append(("sent", .count(sent))) }
        return .object(JSONObject(distinct: members))
    }
}

/// How a run stands, in the words of the protocol.
package struct RunEnd {
    package let state: String
    package private(set) var step: String?
    package private(set) var reason: String?
    package private(set) var failure: String?
    package private(set) var detail: String?
    package private(set) var remoteStale = false

    package init(_ run: Run) {
        switch run.phase {
        case .requested:
            state = "requested"
            step = "freeze"
        case .frozen, .creationIntended:
            state = "running"
            step = "segment"
        case .resolved, .dropOpened:
            state = "running"
            step = "drop"
        case .uploading, .uploaded:
            state = "running"
            step = "upload"
        case .ended(.succeeded): state = "succeeded"
        case .ended(.failed(let failure, let detail)):
            state = "failed"
            self.failure = failure.word
            self.detail = detail.isEmpty ? nil : detail
        case .ended(.held(let held)):
            state = "held"
            reason = held.reason.word
            detail = held.detail.isEmpty ? nil : held.detail
        case .ended(.skipped(let reason, let remoteStale)):
            state = "skipped"
            self.reason = reason.word
            self.remoteStale = remoteStale
        }
    }
}

extension JSON {
    /// The text, or null.
    package static func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

    /// The number, or null.
    package static func count(_ number: UInt64?) -> JSON {
        number.map { .integer(Int64($0)) } ?? .null
    }
}

extension Actor {
    /// The peer's ids, or the word `daemon`.
    package var json: JSON {
        switch self {
        case .daemon: "daemon"
        case .peer(let uid, let gid, let pid):
            ["uid": .integer(Int64(uid)), "gid": .integer(Int64(gid)), "pid": .integer(Int64(pid))]
        }
    }
}
