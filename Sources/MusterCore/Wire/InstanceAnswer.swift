/// What the world outside the log says of an instance, for its answer.
package struct Surroundings: Sendable {
    package let now: Timestamp
    package let nextSync: Timestamp?
    /// Days until the credential's token expires, where its file says so.
    package let tokenDaysLeft: Int64?

    package init(now: Timestamp, nextSync: Timestamp?, tokenDaysLeft: Int64?) {
        self.now = now
        self.nextSync = nextSync
        self.tokenDaysLeft = tokenDaysLeft
    }
}

extension State {
    /// One instance, as `instance.show` answers it.
    package func json(
        of instance: InstanceState, _ surroundings: Surroundings, withDropStatus: Bool = true
    ) -> JSON {
        let settings = instance.settings
        return .object(
            JSONObject(distinct: [
                ("instance", .string(instance.id.text)),
                ("advertiserId", .string(settings.advertiserId)),
                ("audienceName", .string(settings.audienceName)),
                ("region", .string(settings.region.text)),
                ("piiType", .string(settings.piiType.text)),
                ("credential", .string(settings.credential)),
                ("endpoint", .string(settings.endpoint.text)),
                ("externalAudienceId", .text(settings.externalAudienceId)),
                ("enabled", .bool(settings.enabled)), ("schedule", settings.schedule.json),
                ("minimumMembers", .integer(Int64(settings.minimumMembers))),
                ("guard", settings.thresholds.json),
                ("members", .integer(Int64(instance.members.count))),
                ("version", .integer(Int64(instance.version))),
                ("segment", instance.segment.json),
                (
                    "lastSync",
                    instance.lastEnded.map { json(of: $0, withDropStatus: withDropStatus) } ?? .null
                ),
                ("nextSync", .text(surroundings.nextSync?.text)),
                ("health", instance.health(surroundings)),
            ]))
    }
}

extension InstanceState {
    /// The result of `instance.retire`.
    package func retired(count: UInt64) -> JSON {
        [
            "instance": .string(id.text), "removed": .integer(Int64(count)),
            "segment": segment.json, "retentionDays": .integer(HealthClock.retentionDays),
        ]
    }

    fileprivate func health(_ surroundings: Surroundings) -> JSON {
        let days = lastUploadAt.map { surroundings.now.seconds(since: $0) / 86_400 }
        return [
            "daysSinceUpload": days.map { .integer($0) } ?? .null,
            "lastSuccessAt": .text(lastSuccess?.endedAt?.text),
            "retentionDays": .integer(HealthClock.retentionDays),
            "tokenDaysLeft": surroundings.tokenDaysLeft.map { .integer($0) } ?? .null,
        ]
    }
}

extension Optional<DailySchedule> {
    fileprivate var json: JSON {
        guard let self else { return .null }
        return ["dailyAt": .string(self.dailyAt.text), "timeZone": .string(self.timeZone)]
    }
}

extension Thresholds {
    fileprivate var json: JSON {
        [
            "shrinkMembers": .integer(Int64(shrinkMembers)),
            "shrinkPercent": .integer(Int64(shrinkPercent)),
            "growthFactor": .integer(Int64(growthFactor)),
        ]
    }
}

extension Optional<Segment> {
    fileprivate var json: JSON {
        guard let self else { return .null }
        return [
            "crmDataId": .string(self.crmDataId), "firstPartyDataId": .text(self.firstPartyDataId),
            "origin": .string(self.origin.word),
        ]
    }
}

extension SettingsChange {
    /// The names of the settings that are named, as the protocol spells them.
    package var fieldNames: [String] {
        let fields: [(isNamed: Bool, name: String)] = [
            (advertiserId != nil, "advertiserId"), (audienceName != nil, "audienceName"),
            (region != nil, "region"), (piiType != nil, "piiType"),
            (credential != nil, "credential"), (endpoint != nil, "endpoint"),
            (externalAudienceId != nil, "externalAudienceId"), (enabled != nil, "enabled"),
            (schedule != nil, "schedule"), (minimumMembers != nil, "minimumMembers"),
            (thresholds != nil, "guard"),
        ]
        return fields.filter(\.isNamed).map(\.name)
    }
}
