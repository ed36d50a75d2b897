import MusterCore

/// One run of a sync.
public struct Run: Hashable, Sendable {
    /// Its id.
    public let id: Int
    /// The audience it is of.
    public let instance: String
    /// The calendar date it counts for, `2026-11-23`.
    public let date: String?
    /// How far it is; a word of a later version reads as nil.
    public let state: State?
    /// What it is doing, while it is under way: `freeze`, `segment`, `drop` or `upload`.
    public let step: String?
    /// Why it began: `schedule`, `catchUp`, `manual`, `approval`, `retry` or `credentialChanged`.
    public let cause: String?
    /// Why it was held or skipped.
    public let reason: String?
    /// The class of failure, where it failed.
    public let failureClass: String?
    /// More about its end, for people.
    public let detail: String?
    /// The position of the log whose audience it sends.
    public let position: Int?
    /// How many members it sends.
    public let count: Int?
    /// The SHA-256 of the file it sends, 64 hex digits.
    public let digest: String?
    /// The file's size.
    public let bytes: Int?
    /// Members added since the last success.
    public let added: Int?
    /// Members removed since the last success.
    public let removed: Int?
    /// The Trade Desk's reference of the upload.
    public let reference: String?
    /// How often the upload was tried.
    public let attempts: Int?
    /// When it began, RFC 3339.
    public let startedAt: String?
    /// When it ended, RFC 3339.
    public let endedAt: String?
    /// Whether The Trade Desk still holds an older list that this run did not replace.
    public let isRemoteStale: Bool
    /// What The Trade Desk says of the upload, where it says anything.
    public let dropStatus: String?
    /// The held run that it lifts the guard of.
    public let approvedRun: Int?
    /// How many bytes of its file were uploaded so far; only while it is followed and uploads.
    public let sent: Int?
    /// The whole answer, with fields this version of the library does not know.
    public let json: JSONValue

    /// How far a run is; the last four are ends.
    public enum State: String, CaseIterable, Sendable {
        case requested
        case running
        case succeeded
        case failed
        case held
        case skipped

        /// Whether nothing more happens to the run.
        public var isEnd: Bool { self != .requested && self != .running }
    }
}

extension Run {
    /// How long it took, where it has ended, by the host's clock.
    public var duration: Duration? {
        guard let begin = startedAt.flatMap({ Timestamp(text: $0) }),
            let end = endedAt.flatMap({ Timestamp(text: $0) })
        else { return nil }
        return .milliseconds(end.milliseconds - begin.milliseconds)
    }
}

extension MusterConnection {
    /// Begins a sync now and returns the run's id at once.
    ///
    /// `again` allows a second upload within the hour; `approving` names a held run and the count
    /// its sender has seen.
    public func syncNow(
        _ instance: String, again: Bool = false, approving approval: Approval? = nil,
        commandId: String? = nil, deadline: Duration = Request.defaultDeadline
    ) async throws(ClientError) -> Int {
        let params: JSONValue = ["instance": .string(instance)]
        let reply = try await call(
            "sync.now", params.with("approve", approval?.json).with("again", again ? true : nil),
            commandId: commandId, deadline: deadline)
        return try reply.read { (answer) throws(AnswerError) in try answer.member("run").integer() }
    }

    /// One run.
    public func run(_ id: Int) async throws(ClientError) -> Run {
        let reply = try await call("sync.show", ["run": .integer(id)])
        return try reply.read { (answer) throws(AnswerError) in try Run(answer) }
    }

    /// The runs of an instance, newest first.
    public func runs(of instance: String) async throws(ClientError) -> [Run] {
        let reply = try await call("sync.list", ["instance": .string(instance)])
        return try reply.read { (answer) throws(AnswerError) in
            try answer.list("runs") { (item) throws(AnswerError) in try Run(item) }
        }
    }
}

/// The held run that may go on, and how many members its approver has seen it send.
public struct Approval: Hashable, Sendable {
    /// The held run's id.
    public var run: Int
    /// The count that is approved.
    public var count: Int

    /// An approval of these two parts.
    public init(run: Int, count: Int) {
        self.run = run
        self.count = count
    }

    var json: JSONValue { ["run": .integer(run), "count": .integer(count)] }
}

extension Run {
    init(_ answer: Answer) throws(AnswerError) {
        id = try answer.member("run").integer()
        instance = try answer.member("instance").string()
        date = try answer.optional("date")?.string()
        state = State(rawValue: try answer.member("state").string())
        step = try answer.optional("step")?.string()
        cause = try answer.optional("cause")?.string()
        reason = try answer.optional("reason")?.string()
        failureClass = try answer.optional("class")?.string()
        detail = try answer.optional("detail")?.string()
        position = try answer.optional("position")?.integer()
        count = try answer.optional("count")?.integer()
        digest = try answer.optional("digest")?.string()
        bytes = try answer.optional("bytes")?.integer()
        added = try answer.optional("added")?.integer()
        removed = try answer.optional("removed")?.integer()
        reference = try answer.optional("reference")?.string()
        attempts = try answer.optional("attempts")?.integer()
        startedAt = try answer.optional("startedAt")?.string()
        endedAt = try answer.optional("endedAt")?.string()
        isRemoteStale = try answer.optional("remoteStale")?.bool() ?? false
        dropStatus = try answer.optional("dropStatus")?.string()
        approvedRun = try answer.optional("approvedRun")?.integer()
        sent = try answer.optional("sent")?.integer()
        json = answer.value
    }
}
