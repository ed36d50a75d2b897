/// One event of the log: what happened, in counts and never with people.
public struct LogEvent: Hashable, Sendable {
    /// Where in the log it stands; positions grow by one with every event.
    public let position: Int
    /// When it was decided, RFC 3339.
    public let at: String
    /// What kind of event it is, `membersAdded` for example.
    public let type: String
    /// The audience it is about, where it is about one.
    public let instance: String?
    /// The run it belongs to, where it belongs to one.
    public let run: Int?
    /// The whole event; which other fields there are depends on `type`.
    public let json: JSONValue
}

/// What a stream of the log tells.
public enum LogTailElement: Hashable, Sendable {
    /// The next event.
    case event(LogEvent)
    /// Everything up to this position has been told; what follows is new.
    case caughtUp(position: Int)
    /// Nothing happened for a while; everything up to this position has been told.
    case heartbeat(position: Int)
}

/// Where a stream of the log begins.
public enum LogStart: Hashable, Sendable {
    /// With the first event there is.
    case start
    /// Behind the last event there is.
    case end
    /// With the event at this position.
    case position(Int)

    var json: JSONValue {
        switch self {
        case .start: "start"
        case .end: "end"
        case .position(let position): .integer(position)
        }
    }
}

/// Some events of the log.
public struct LogPage: Hashable, Sendable {
    /// The events, in order.
    public let events: [LogEvent]
    /// The position to go on from.
    public let next: Int
    /// The log's end; there is more to come while `next` is not beyond it.
    public let position: Int
}

extension MusterConnection {
    /// At most 1,000 events of the log.
    public func logPage(
        from start: LogStart = .start, types: [String]? = nil, instance: String? = nil
    ) async throws(ClientError) -> LogPage {
        let reply = try await call("log.tail", Self.params(start, types, instance, follow: false))
        return try reply.read { (answer) throws(AnswerError) in
            LogPage(
                events: try answer.list("events") { (item) throws(AnswerError) in
                    try LogEvent(item)
                },
                next: try answer.member("next").integer(), position: reply.position)
        }
    }

    /// The events of the log as they stand in it, and with `follow` those that come.
    ///
    /// The stream has a connection of its own, which ends with it: leave the loop to end both. Where
    /// the connection ends first, the error says from which position to go on.
    public func log(
        from start: LogStart = .start, types: [String]? = nil, instance: String? = nil,
        follow: Bool = false
    ) -> ReplySequence<LogTailElement> {
        let first: Int? =
            switch start {
            case .start: 1
            case .end: nil
            case .position(let position): position
            }
        return stream(
            Request("log.tail", Self.params(start, types, instance, follow: follow)),
            resume: first
        ) { (reply) throws(AnswerError) in
            let answer = Answer(reply.result)
            if let position = try answer.optional("caughtUp")?.integer() {
                return [.caughtUp(position: position)]
            }
            if let position = try answer.optional("heartbeat")?.integer() {
                return [.heartbeat(position: position)]
            }
            return try answer.list("events") { (item) throws(AnswerError) in
                .event(try LogEvent(item))
            }
        }
    }

    private static func params(
        _ start: LogStart, _ types: [String]?, _ instance: String?, follow: Bool
    ) -> JSONValue {
        let params: JSONValue = ["from": start.json]
        return
            params
            .with("types", types.map { .array($0.map { .string($0) }) })
            .with("instance", instance.map { .string($0) })
            .with("follow", follow ? true : nil)
    }
}

extension LogEvent {
    init(_ answer: Answer) throws(AnswerError) {
        position = try answer.member("position").integer()
        at = try answer.member("at").string()
        type = try answer.member("type").string()
        instance = try answer.optional("instance")?.string()
        run = try answer.optional("run")?.integer()
        json = answer.value
    }
}
