/// One audience: its settings, its size and how it fares.
public struct Instance: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// The Trade Desk's id of the advertiser.
    public let advertiserId: String
    /// The segment's name at The Trade Desk.
    public let audienceName: String
    /// `US`, `EU` or `APAC`.
    public let region: String
    /// `email` or `hashedEmail`.
    public let piiType: String
    /// The name of the credential whose token is used.
    public let credential: String
    /// Where the credential's token is sent.
    public let endpoint: String
    /// The CrmDataId that was given for a segment that existed already.
    public let externalAudienceId: String?
    /// Whether syncs run.
    public let isEnabled: Bool
    /// When the daily sync runs.
    public let schedule: Schedule?
    /// With fewer members than this nothing is sent.
    public let minimumMembers: Int
    /// When a changed audience is held instead of sent.
    public let guardrails: Guardrails
    /// The audience's size now.
    public let members: Int
    /// How many commands changed it.
    public let version: Int
    /// The segment at The Trade Desk, once it is known.
    public let segment: Segment?
    /// The last run that ended.
    public let lastSync: Run?
    /// When the next sync begins, RFC 3339.
    public let nextSync: String?
    /// How it fares against the clocks that run.
    public let health: Health
    /// The whole answer, with fields this version of the library does not know.
    public let json: JSONValue

    /// A segment at The Trade Desk.
    public struct Segment: Hashable, Sendable {
        /// Its CrmDataId.
        public let crmDataId: String
        /// Its FirstPartyDataId, once it is known.
        public let firstPartyDataId: String?
        /// `created`, `given` or `found`.
        public let origin: String?
    }

    /// What runs out if nothing is done.
    public struct Health: Hashable, Sendable {
        /// Days since the last upload.
        public let daysSinceUpload: Int?
        /// The days The Trade Desk keeps an upload.
        public let retentionDays: Int?
        /// Days until the token expires, where its expiry is known.
        public let tokenDaysLeft: Int?
    }
}

extension MusterConnection {
    /// One instance.
    public func instance(_ name: String) async throws(ClientError) -> Instance {
        let reply = try await call("instance.show", ["instance": .string(name)])
        return try reply.read { (answer) throws(AnswerError) in try Instance(answer) }
    }

    /// All instances.
    public func instances() async throws(ClientError) -> [Instance] {
        let reply = try await call("instance.list")
        return try reply.read { (answer) throws(AnswerError) in
            try answer.list("instances") { (item) throws(AnswerError) in try Instance(item) }
        }
    }
}

extension Instance {
    init(_ answer: Answer) throws(AnswerError) {
        name = try answer.member("instance").string()
        advertiserId = try answer.member("advertiserId").string()
        audienceName = try answer.member("audienceName").string()
        region = try answer.member("region").string()
        piiType = try answer.member("piiType").string()
        credential = try answer.member("credential").string()
        endpoint = try answer.member("endpoint").string()
        externalAudienceId = try answer.optional("externalAudienceId")?.string()
        isEnabled = try answer.member("enabled").bool()
        schedule = try answer.optional("schedule").map(Schedule.init)
        minimumMembers = try answer.member("minimumMembers").integer()
        guardrails = try answer.optional("guard").map(Guardrails.init) ?? Guardrails()
        members = try answer.member("members").integer()
        version = try answer.member("version").integer()
        segment = try answer.optional("segment").map(Segment.init)
        lastSync = try answer.optional("lastSync").map(Run.init)
        nextSync = try answer.optional("nextSync")?.string()
        health = try Health(answer.optional("health"))
        json = answer.value
    }
}

extension Instance.Segment {
    init(_ answer: Answer) throws(AnswerError) {
        crmDataId = try answer.member("crmDataId").string()
        firstPartyDataId = try answer.optional("firstPartyDataId")?.string()
        origin = try answer.optional("origin")?.string()
    }
}

extension Instance.Health {
    fileprivate init(_ answer: Answer?) throws(AnswerError) {
        daysSinceUpload = try answer?.optional("daysSinceUpload")?.integer()
        retentionDays = try answer?.optional("retentionDays")?.integer()
        tokenDaysLeft = try answer?.optional("tokenDaysLeft")?.integer()
    }
}

extension Schedule {
    fileprivate init(_ answer: Answer) throws(AnswerError) {
        dailyAt = try answer.member("dailyAt").string()
        timeZone = try answer.member("timeZone").string()
    }
}

extension Guardrails {
    fileprivate init(_ answer: Answer) throws(AnswerError) {
        shrinkMembers = try answer.optional("shrinkMembers")?.integer()
        shrinkPercent = try answer.optional("shrinkPercent")?.integer()
        growthFactor = try answer.optional("growthFactor")?.integer()
    }
}
