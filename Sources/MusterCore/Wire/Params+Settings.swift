extension Request {
    static func configuration(_ fields: inout Fields) throws(Rejection) -> Configuration {
        let id = try instance(&fields)
        var change = SettingsChange()
        change.advertiserId = try identifier(
            &fields, "advertiserId", limit: TextLimit.advertiserId)
        change.audienceName = try audienceName(&fields)
        change.region = try word(&fields, "region", "US, EU or APAC", Region.init(text:))
        change.piiType = try word(&fields, "piiType", "email or hashedEmail", PIIType.init(text:))
        change.credential = try word(
            &fields, "credential", "a name of [a-z0-9][a-z0-9._-]{0,62}"
        ) { InstanceID.isName($0) ? $0 : nil }
        change.externalAudienceId = try optional(&fields, "externalAudienceId") {
            (fields) throws(Rejection) in
            try identifier(&fields, "externalAudienceId", limit: TextLimit.externalAudienceId)
        }
        change.enabled = try fields.bool("enabled")
        change.schedule = try optional(&fields, "schedule") { (fields) throws(Rejection) in
            try schedule(&fields)
        }
        change.minimumMembers = try fields.integer("minimumMembers", in: 0...1_000_000_000)
            .map { UInt32($0) }
        return Configuration(instance: id, change: change, thresholds: try thresholds(&fields))
    }

    /// A value that `null` clears.
    private static func optional<Value>(
        _ fields: inout Fields, _ name: String,
        read: (inout Fields) throws(Rejection) -> Value?
    ) throws(Rejection) -> Value?? {
        if fields.value(name) == .null { return .some(nil) }
        return try read(&fields).map { .some($0) }
    }

    private static func word<Value>(
        _ fields: inout Fields, _ name: String, _ choices: String, _ read: (String) -> Value?
    ) throws(Rejection) -> Value? {
        guard let text = try fields.string(name) else { return nil }
        guard let value = read(text) else { throw fields.refusal(name, "must be \(choices)") }
        return value
    }

    private static func identifier(_ fields: inout Fields, _ name: String, limit: Int)
        throws(Rejection) -> String?
    {
        try word(&fields, name, "1 to \(limit) of A-Z a-z 0-9 _ -") { text in
            let isIdentifier =
                (1...limit).contains(text.utf8.count)
                && text.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                        || (0x61...0x7a).contains(byte) || byte == 0x5f || byte == 0x2d
                }
            return isIdentifier ? text : nil
        }
    }

    private static func audienceName(_ fields: inout Fields) throws(Rejection) -> String? {
        let limit = TextLimit.audienceName
        return try word(
            &fields, "audienceName", "1 to \(limit) bytes without control characters"
        ) { text in
            let hasControls = text.unicodeScalars.contains {
                $0.value < 0x20 || (0x7f...0x9f).contains($0.value)
            }
            return (1...limit).contains(text.utf8.count) && !hasControls ? text : nil
        }
    }

    private static func schedule(_ fields: inout Fields) throws(Rejection) -> DailySchedule? {
        guard var inner = try fields.object("schedule") else { return nil }
        let time = try word(&inner, "dailyAt", "a time of day such as 03:00") { TimeOfDay($0) }
        let zone = try word(&inner, "timeZone", "a zone such as America/New_York") {
            Zone.isPlausibleName($0) ? $0 : nil
        }
        try inner.finish()
        return DailySchedule(
            dailyAt: try inner.required(time, "dailyAt"),
            timeZone: try inner.required(zone, "timeZone"))
    }

    private static func thresholds(_ fields: inout Fields) throws(Rejection) -> ThresholdsChange {
        var change = ThresholdsChange()
        guard var inner = try fields.object("guard") else { return change }
        let members = try inner.integer("shrinkMembers", in: 0...1_000_000_000)
        change.shrinkMembers = members.map { UInt32($0) }
        let percent = try inner.integer("shrinkPercent", in: 0...100)
        change.shrinkPercent = percent.map { UInt32($0) }
        let factor = try inner.integer("growthFactor", in: 2...1_000_000)
        change.growthFactor = factor.map { UInt32($0) }
        try inner.finish()
        return change
    }
}
