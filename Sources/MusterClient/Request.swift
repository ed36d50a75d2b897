import MusterCore

/// One call before it is sent.
public struct Request: Hashable, Sendable {
    /// How long a reply is waited for unless the request says otherwise.
    public static let defaultDeadline = Duration.seconds(30)

    /// The method's name.
    public var method: String
    /// The method's parameters, an object.
    public var params: JSONValue
    /// What makes a command safe to repeat.
    ///
    /// One is 1 to 64 of `A-Z a-z 0-9 . _ : -`. A command without one is given a random one;
    /// queries take none.
    public var commandId: String?
    /// The version the instance must have for a command to be taken.
    public var expectedVersion: Int?
    /// How long to wait for the reply, 1 ms to 1 h.
    ///
    /// The daemon is told, and does not begin a command later than that.
    public var deadline: Duration

    /// A request of these parts.
    public init(
        _ method: String, _ params: JSONValue = [:], commandId: String? = nil,
        expectedVersion: Int? = nil, deadline: Duration = defaultDeadline
    ) {
        self.method = method
        self.params = params
        self.commandId = commandId
        self.expectedVersion = expectedVersion
        self.deadline = deadline
    }
}

extension Request {
    private static let commands = names(of: .command)
    private static let queries = names(of: .query)

    private static func names(of kind: MethodDescription.Kind) -> Set<String> {
        Set(MethodDescription.all.lazy.filter { $0.kind == kind }.map(\.name))
    }

    /// Whether sending it twice has the effect of sending it once.
    var isRepeatable: Bool { commandId != nil || Self.queries.contains(method) }

    /// This request with a commandId, if it is a command and has none.
    func identified() -> Request {
        guard commandId == nil, Self.commands.contains(method) else { return self }
        var request = self
        request.commandId = Self.randomId()
        return request
    }

    /// A new commandId of 128 random bits.
    private static func randomId() -> String {
        let words = [UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max)]
        return words.map { String($0, radix: 36) }.joined(separator: "-")
    }

    /// The milliseconds of the deadline within what the protocol takes.
    var deadlineMilliseconds: Int64 {
        let (seconds, attoseconds) = deadline.components
        guard seconds < 3600 else { return 3_600_000 }
        return max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    /// The body of the frame.
    func body(id: Int, more: Bool = false) -> [UInt8] {
        var object = JSONObject([
            (name: "id", value: .integer(Int64(id))),
            (name: "method", value: .string(method)),
            (name: "params", value: params.json),
        ])
        object["commandId"] = commandId.map { .string($0) }
        object["expectedVersion"] = expectedVersion.map { .integer(Int64($0)) }
        object["deadlineMs"] = .integer(deadlineMilliseconds)
        object["more"] = more ? true : nil
        return JSON.object(object).encoded()
    }
}
