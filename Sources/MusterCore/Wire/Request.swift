/// A client's name of a request, echoed in the reply.
package enum RequestID: Hashable, Sendable {
    case integer(Int64)
    case string(String)

    package var json: JSON {
        switch self {
        case .integer(let number): .integer(number)
        case .string(let text): .string(text)
        }
    }
}

/// A request that cannot be carried out, with the id when it could be read.
package struct RefusedRequest: Error, Sendable {
    package let id: RequestID?
    package let rejection: Rejection
}

/// One frame of a client, read and validated; past this point nothing of it is checked again.
package struct Request: Sendable {
    /// What is asked for.
    package enum Ask: Hashable, Sendable {
        case command(Command)
        case query(Query)
    }

    package let id: RequestID
    package let ask: Ask
    /// On commands only.
    package let stamp: CommandStamp?
    package let expectedVersion: UInt64?
    package let minPosition: Position?
    package let deadlineMilliseconds: Int64?
    /// Whether a stream of replies is asked for.
    package let more: Bool

    /// Reads the body of a frame.
    package static func parse(_ body: Span<UInt8>) throws(RefusedRequest) -> Request {
        if let request = MemberScanner.request(body) { return request }
        return try parseAny(body)
    }

    /// Reads the body of any request, by way of its values.
    static func parseAny(_ body: Span<UInt8>) throws(RefusedRequest) -> Request {
        let json: JSON
        do {
            json = try JSONReader.read(body)
        } catch {
            throw RefusedRequest(
                id: nil,
                rejection: .requestInvalid(pointer: "", rule: "is not JSON: \(error.message)"))
        }
        guard let object = json.object else {
            throw RefusedRequest(
                id: nil, rejection: .requestInvalid(pointer: "", rule: "must be an object"))
        }
        var envelope = Fields(object, pointer: "", isParams: false)
        let id: RequestID
        do {
            id = try Self.id(&envelope)
        } catch {
            throw RefusedRequest(id: nil, rejection: error)
        }
        do {
            return try Request(id: id, &envelope)
        } catch {
            throw RefusedRequest(id: id, rejection: error)
        }
    }

    private static func id(_ envelope: inout Fields) throws(Rejection) -> RequestID {
        switch envelope.value("id") {
        case .integer(let number): return .integer(number)
        case .string(let text) where text.utf8.count <= TextLimit.id: return .string(text)
        case nil: throw envelope.refusal("id", "is required")
        default:
            throw envelope.refusal(
                "id", "must be an integer or a string of at most \(TextLimit.id) bytes")
        }
    }

    /// A command whose envelope names nothing else.
    init(id: RequestID, command: Command, stamp: CommandStamp?) {
        self.id = id
        self.stamp = stamp
        ask = .command(command)
        expectedVersion = nil
        minPosition = nil
        deadlineMilliseconds = nil
        more = false
    }

    private init(id: RequestID, _ envelope: inout Fields) throws(Rejection) {
        self.id = id
        let method = try envelope.required(
            try envelope.string("method", limit: TextLimit.method), "method")
        let commandId = try envelope.string("commandId")
        let range = 0...JSON.integerLimit
        expectedVersion = try envelope.integer("expectedVersion", in: range).map { UInt64($0) }
        minPosition = try envelope.integer("minPosition", in: range).map { UInt64($0) }
        deadlineMilliseconds = try envelope.integer("deadlineMs", in: 1...3_600_000)
        more = try envelope.bool("more") ?? false
        let params = envelope.value("params") ?? .object([:])
        guard let object = params.object else {
            throw envelope.refusal("params", "must be an object")
        }
        try envelope.finish()
        var fields = Fields(object, pointer: "/params", isParams: true)
        ask = try Self.ask(method, &fields)
        try fields.finish()
        if more, !ask.canStream {
            throw envelope.refusal("more", "is for log.tail, member.list and sync.now")
        }
        if case .query(.logTail(let tail)) = ask, tail.follow, !more {
            throw fields.refusal("follow", "needs more: true beside params")
        }
        stamp = try Self.stamp(commandId, method: method, params: params, envelope)
        if case .query = ask {
            if commandId != nil { throw envelope.refusal("commandId", "is for commands only") }
            if expectedVersion != nil {
                throw envelope.refusal("expectedVersion", "is for commands only")
            }
        }
    }

    private static func ask(_ method: String, _ fields: inout Fields) throws(Rejection) -> Ask {
        switch method {
        case "member.add": .command(.addMembers(try memberList(&fields)))
        case "member.remove": .command(.removeMembers(try memberList(&fields)))
        case "instance.configure": .command(.configure(try configuration(&fields)))
        case "instance.retire": .command(.retire(try retirement(&fields)))
        case "sync.now": .command(.syncNow(try syncOrder(&fields)))
        case "hello": .query(try hello(&fields))
        case "ping": .query(.ping)
        case "describe": .query(.describe(try descriptionSubject(&fields)))
        case "status": .query(.status(withStateHash: try fields.bool("stateHash") ?? false))
        case "instance.list": .query(.instanceList)
        case "instance.show": .query(.instanceShow(try instance(&fields)))
        case "instance.check": .query(.instanceCheck(try instance(&fields)))
        case "member.show": .query(try memberShow(&fields))
        case "sync.list": .query(.syncList(try instance(&fields)))
        case "sync.show": .query(.syncShow(try run(&fields, "run")))
        case "sync.plan": .query(.syncPlan(try instance(&fields)))
        case "member.list": .query(.memberList(try digestListing(&fields)))
        case "log.tail": .query(.logTail(try logTail(&fields)))
        default: throw .methodUnknown
        }
    }

    private static func stamp(
        _ commandId: String?, method: String, params: JSON, _ envelope: Fields
    ) throws(Rejection) -> CommandStamp? {
        guard let commandId else { return nil }
        guard let id = CommandID(commandId) else {
            throw envelope.refusal("commandId", "must be 1 to 64 of A-Z a-z 0-9 . _ : -")
        }
        var canonical = Array(method.utf8)
        canonical.append(0)
        JSONWriter.canonical.write(params, depth: 0, into: &canonical)
        return CommandStamp(id: id, sum: CRC32C.checksum(of: canonical.span))
    }
}

extension Request.Ask {
    /// Whether there is more to say than one reply.
    fileprivate var canStream: Bool {
        switch self {
        case .command(.syncNow), .query(.memberList), .query(.logTail): true
        case .command, .query: false
        }
    }
}
