extension State {
    func decide(_ configuration: Configuration) throws(Rejection) -> Decision {
        let instance = self[configuration.instance]
        var change = configuration.change
        change.thresholds = configuration.thresholds.applied(
            to: instance?.settings.thresholds ?? Thresholds())
        if let instance { return try decide(change, of: instance) }
        return try decide(creationOf: configuration.instance, change)
    }

    private func decide(creationOf id: InstanceID, _ change: SettingsChange) throws(Rejection)
        -> Decision
    {
        guard let settings = Settings(first: change) else {
            throw .paramsInvalid(
                pointer: missingPointer(in: change), rule: "is required the first time")
        }
        guard instances.count < Self.instanceLimit else { throw .instanceLimit(Self.instanceLimit) }
        try refuseTakenSegment(settings, segment: nil, number: nil)
        let configured = InstanceConfigured(
            instance: InstanceNumber(instances.count + 1), created: id, change: change)
        return Decision(
            facts: [.instanceConfigured(configured)],
            outcome: .configured(created: true, change: change))
    }

    private func missingPointer(in change: SettingsChange) -> String {
        if change.advertiserId == nil { return "/params/advertiserId" }
        if change.audienceName == nil { return "/params/audienceName" }
        return change.region == nil ? "/params/region" : "/params/piiType"
    }

    private func decide(_ named: SettingsChange, of instance: InstanceState) throws(Rejection)
        -> Decision
    {
        let change = named.difference(from: instance.settings)
        try instance.refuseImmutable(change)
        var settings = instance.settings
        settings.apply(change)
        try refuseTakenSegment(settings, segment: instance.segment, number: instance.number)
        let facts: [Fact] =
            change.isEmpty
            ? []
            : [
                .instanceConfigured(
                    InstanceConfigured(instance: instance.number, created: nil, change: change))
            ]
        return Decision(facts: facts, outcome: .configured(created: false, change: change))
    }

    private func refuseTakenSegment(
        _ settings: Settings, segment: Segment?, number: InstanceNumber?
    ) throws(Rejection) {
        let crmDataId = segment?.crmDataId ?? settings.externalAudienceId
        if let other = holder(
            of: settings, crmDataId: crmDataId, other: number)
        {
            throw .segmentTaken(by: other.id)
        }
    }

    /// Another instance that sends to the segment these settings name, by id or by name and region.
    package func holder(of settings: Settings, crmDataId: String?, other number: InstanceNumber?)
        -> InstanceState?
    {
        instances.first { other in
            guard other.number != number, other.settings.endpoint == settings.endpoint,
                other.settings.advertiserId == settings.advertiserId
            else { return false }
            let otherId = other.segment?.crmDataId ?? other.settings.externalAudienceId
            return (crmDataId != nil && otherId == crmDataId)
                || (other.settings.region == settings.region
                    && other.settings.audienceName.utf8.elementsEqual(settings.audienceName.utf8))
        }
    }
}

extension InstanceState {
    fileprivate func refuseImmutable(_ change: SettingsChange) throws(Rejection) {
        if change.piiType != nil, members.count > 0 {
            throw .instanceImmutable(
                pointer: "/params/piiType", rule: "cannot change while members are stored")
        }
        let fixed: [(isNamed: Bool, field: String)] = [
            (change.advertiserId != nil, "advertiserId"), (change.region != nil, "region"),
            (change.audienceName != nil, "audienceName"),
            (change.externalAudienceId != nil, "externalAudienceId"),
            (change.endpoint != nil, "credential"),
        ]
        guard let field = fixed.first(where: \.isNamed)?.field else { return }
        if segment != nil {
            throw .instanceImmutable(
                pointer: "/params/\(field)", rule: "cannot change once a segment is resolved")
        }
        // A run under way is about to resolve a segment for the values it froze.
        if let run = activeRun { throw .syncRunning(run.id) }
    }
}
