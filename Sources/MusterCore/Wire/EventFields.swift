/// An event as JSON, as proto-docs/log.md shows it: counts, and people only where asked for.
package enum EventFields {
    /// Named values in the order in which they are written.
    package typealias Fields = [(name: String, value: JSON)]

    /// The whole event at `position`, about the instance of this name.
    package static func of(
        _ event: Event, at position: Position, instance: String?, withIdentities: Bool
    ) -> Fields {
        var fields: Fields = [
            ("position", number(position)), ("at", .string(event.at.text)),
            ("type", .string(event.fact.type.name)),
        ]
        if let instance { fields.append(("instance", .string(instance))) }
        fields += of(event.fact, withIdentities: withIdentities)
        if case .peer = event.actor { fields.append(("actor", event.actor.json)) }
        if let command = event.command { fields.append(("commandId", .string(command.id.text))) }
        return fields
    }

    private static func of(_ fact: Fact, withIdentities: Bool) -> Fields {
        var fields: Fields = fact.run.map { [("run", number($0))] } ?? []
        switch fact {
        case .instanceConfigured(let configured):
            if configured.created != nil { fields.append(("created", .bool(true))) }
            fields += settings(configured.change)
        case .membersAdded(let change), .membersRemoved(let change):
            fields += members(change, withIdentities)
        case .syncRequested(let requested): fields += self.requested(requested)
        case .syncFrozen(let frozen): fields += self.frozen(frozen)
        case .segmentResolved(let resolved):
            fields += [
                ("origin", .string(resolved.segment.origin.word)),
                ("crmDataId", .string(resolved.segment.crmDataId)),
            ]
            fields += optional("firstPartyDataId", resolved.segment.firstPartyDataId)
        case .dropOpened(_, let reference): fields.append(("reference", .string(reference)))
        case .uploadStarted(_, let attempt): fields.append(("attempt", number(attempt)))
        case .uploaded(let uploaded):
            fields += [("status", number(uploaded.status)), ("bytes", number(uploaded.bytes))]
            fields += optional("requestId", uploaded.requestId)
        case .syncFailed(_, let failure, let detail):
            fields += [("class", .string(failure.word)), ("detail", .string(detail))]
        case .syncHeld(let held):
            fields += [("reason", .string(held.reason.word)), ("detail", .string(held.detail))]
        case .syncSkipped(_, let reason, let stale):
            fields += [("reason", .string(reason.word)), ("remoteStale", .bool(stale))]
        case .dropStatusSeen(let seen):
            fields += [("status", number(seen.status)), ("answer", .string(seen.answer))]
        case .tailRepaired(let repaired):
            fields += [
                ("cutSegment", number(repaired.segment)), ("cutOffset", number(repaired.offset)),
                ("cutBytes", number(repaired.bytes)), ("cutDigest", .string(repaired.digest.hex)),
            ]
        case .logAdopted(let adopted):
            fields += [
                ("logId", .string(adopted.log.text)), ("durable", number(adopted.durable)),
            ]
        case .instanceRetired(let retired): fields.append(("members", number(retired.count)))
        case .erased(let erased):
            fields += [
                ("slots", number(erased.slots)),
                (
                    "commits",
                    .array(
                        erased.commits.map {
                            ["position": number($0.commit), "slots": number($0.slots)]
                        })
                ),
            ]
        case .suppressionChanged(let change):
            fields += [("lifted", .bool(change.isLifted)), ("people", number(change.people.count))]
        case .segmentCreationIntended, .syncSucceeded: break
        }
        return fields
    }

    private static func members(_ change: MembersChanged, _ withIdentities: Bool) -> Fields {
        var fields: Fields = [
            ("members", number(change.identities.count)), ("unchanged", number(change.unchanged)),
        ]
        guard withIdentities else { return fields }
        let people: [JSON] =
            switch change.identities {
            case .digests(let digests): digests.map { .string($0.hex) }
            case .addresses(let addresses):
                addresses.map { .string(String(decoding: $0.bytes, as: UTF8.self)) }
            }
        fields.append(("identities", .array(people)))
        return fields
    }

    private static func requested(_ requested: SyncRequested) -> Fields {
        var fields: Fields = [
            ("date", .string(requested.date.text)), ("reason", .string(requested.reason.word)),
        ]
        if let approval = requested.approval {
            fields.append(("approves", number(approval.heldRun)))
            fields.append(("count", number(approval.count)))
        }
        return fields
    }

    private static func frozen(_ frozen: SyncFrozen) -> Fields {
        let target = frozen.target
        return [
            ("frozenAt", number(frozen.position)), ("count", number(frozen.count)),
            ("bytes", number(frozen.bytes)), ("digest", .string(frozen.digest.hex)),
            ("added", number(frozen.added)), ("removed", number(frozen.removed)),
            ("endpoint", .string(target.endpoint.text)),
            ("credential", .string(target.credential)),
            ("advertiserId", .string(target.advertiserId)),
            ("audienceName", .string(target.audienceName)),
            ("region", .string(target.region.text)), ("piiType", .string(target.piiType.text)),
        ] + optional("externalAudienceId", target.externalAudienceId)
    }

    private static func optional(_ name: String, _ text: String?) -> Fields {
        text.map { [(name, .string($0))] } ?? []
    }

    /// The settings that `change` names, as the protocol spells them.
    package static func settings(_ change: SettingsChange) -> Fields {
        var fields: Fields = []
        func add(_ name: String, _ value: JSON?) {
            if let value { fields.append((name, value)) }
        }
        add("advertiserId", change.advertiserId.map { .string($0) })
        add("audienceName", change.audienceName.map { .string($0) })
        add("region", change.region.map { .string($0.text) })
        add("piiType", change.piiType.map { .string($0.text) })
        add("credential", change.credential.map { .string($0) })
        add("endpoint", change.endpoint.map { .string($0.text) })
        add("externalAudienceId", change.externalAudienceId.map { $0.map { .string($0) } ?? .null })
        add("enabled", change.enabled.map { .bool($0) })
        add("schedule", change.schedule.map { $0.map(schedule) ?? .null })
        add("minimumMembers", change.minimumMembers.map(number))
        add("guard", change.thresholds.map(thresholds))
        return fields
    }

    private static func schedule(_ schedule: DailySchedule) -> JSON {
        .object(["dailyAt": .string(schedule.dailyAt.text), "timeZone": .string(schedule.timeZone)])
    }

    private static func thresholds(_ thresholds: Thresholds) -> JSON {
        .object([
            "shrinkMembers": number(thresholds.shrinkMembers),
            "shrinkPercent": number(thresholds.shrinkPercent),
            "growthFactor": number(thresholds.growthFactor),
        ])
    }

    private static func number(_ value: some BinaryInteger) -> JSON {
        .integer(Int64(truncatingIfNeeded: value))
    }
}
