/// What `configure` changes; what is nil or `unchanged` stays as it is.
///
/// The first configuration of an instance must name `advertiserId`, `audienceName`, `region` and
/// `piiType`.
public struct Configuration: Hashable, Sendable {
    /// The Trade Desk's id of the advertiser.
    public var advertiserId: String?
    /// The segment's name at The Trade Desk.
    public var audienceName: String?
    /// `US`, `EU` or `APAC`.
    public var region: String?
    /// `email` or `hashedEmail`.
    public var piiType: String?
    /// The name of the credential whose token is used.
    public var credential: String?
    /// The CrmDataId of a segment that exists already.
    public var externalAudienceId = Setting<String>.unchanged
    /// Whether syncs run.
    public var enabled: Bool?
    /// When the daily sync runs.
    public var schedule = Setting<Schedule>.unchanged
    /// With fewer members than this nothing is sent.
    public var minimumMembers: Int?
    /// When a changed audience is held instead of sent.
    public var guardrails = Guardrails()

    /// A change of nothing.
    public init() {}

    /// A setting that can also be taken back.
    public enum Setting<Value: Hashable & Sendable>: Hashable, Sendable {
        case unchanged
        case cleared
        case set(Value)
    }
}

/// Once a day at a local time.
public struct Schedule: Hashable, Sendable {
    /// The local time, `HH:MM`.
    public var dailyAt: String
    /// A zone of the host's zone database, `America/New_York` for example.
    public var timeZone: String

    /// A schedule of these two parts.
    public init(dailyAt: String, timeZone: String) {
        self.dailyAt = dailyAt
        self.timeZone = timeZone
    }
}

/// The thresholds beyond which a changed audience is held; nil leaves one as it is.
public struct Guardrails: Hashable, Sendable {
    /// Held when more members than this, and more than `shrinkPercent`, were removed.
    public var shrinkMembers: Int?
    /// Held when more than this share, and more than `shrinkMembers`, was removed.
    public var shrinkPercent: Int?
    /// Held when the audience is more than this many times its size at the last success.
    public var growthFactor: Int?

    /// Thresholds of these values.
    public init(shrinkMembers: Int? = nil, shrinkPercent: Int? = nil, growthFactor: Int? = nil) {
        self.shrinkMembers = shrinkMembers
        self.shrinkPercent = shrinkPercent
        self.growthFactor = growthFactor
    }
}

/// What configuring did.
public struct ConfigurationChange: Hashable, Sendable {
    /// Whether the instance is new.
    public let created: Bool
    /// The names of the settings that changed.
    public let changed: [String]
    /// The whole answer, with its warnings.
    public let reply: Reply
}

extension MusterConnection {
    /// Makes an instance or changes its settings.
    public func configure(
        _ instance: String, _ configuration: Configuration, commandId: String? = nil,
        expectedVersion: Int? = nil, deadline: Duration = Request.defaultDeadline
    ) async throws(ClientError) -> ConfigurationChange {
        let reply = try await call(
            "instance.configure", configuration.params(instance), commandId: commandId,
            expectedVersion: expectedVersion, deadline: deadline)
        return try reply.read { (answer) throws(AnswerError) in
            ConfigurationChange(
                created: try answer.member("created").bool(),
                changed: try answer.list("changed") { (item) throws(AnswerError) in
                    try item.string()
                },
                reply: reply)
        }
    }
}

extension Configuration {
    /// The parameters of `instance.configure`: what is named and nothing else.
    func params(_ instance: String) -> JSONValue {
        let object: JSONValue = ["instance": .string(instance)]
        return
            object
            .with("advertiserId", advertiserId.map { .string($0) })
            .with("audienceName", audienceName.map { .string($0) })
            .with("region", region.map { .string($0) })
            .with("piiType", piiType.map { .string($0) })
            .with("credential", credential.map { .string($0) })
            .with("externalAudienceId", externalAudienceId.json { .string($0) })
            .with("enabled", enabled.map { .bool($0) })
            .with("schedule", schedule.json(\.json))
            .with("minimumMembers", minimumMembers.map { .integer($0) })
            .with("guard", guardrails.json)
    }
}

extension Configuration.Setting {
    fileprivate func json(_ encode: (Value) -> JSONValue) -> JSONValue? {
        switch self {
        case .unchanged: nil
        case .cleared: .null
        case .set(let value): encode(value)
        }
    }
}

extension Schedule {
    fileprivate var json: JSONValue {
        ["dailyAt": .string(dailyAt), "timeZone": .string(timeZone)]
    }
}

extension Guardrails {
    fileprivate var json: JSONValue? {
        guard self != Guardrails() else { return nil }
        let object: JSONValue = [:]
        return
            object
            .with("shrinkMembers", shrinkMembers.map { .integer($0) })
            .with("shrinkPercent", shrinkPercent.map { .integer($0) })
            .with("growthFactor", growthFactor.map { .integer($0) })
    }
}
