@testable import MusterCore

/// Random events that follow from one another as the daemon's do: what changes really changes, and
/// runs belong to instances.
struct StateSource {
    private var source: EventSource
    private(set) var state = State()

    init(seed: UInt64) {
        source = EventSource(seed: seed)
    }

    /// Applies about `count` more events and returns them.
    mutating func go(_ count: Int) -> [Event] {
        var events: [Event] = []
        for _ in 0..<count {
            for fact in facts() {
                let event = Event(
                    at: Timestamp(milliseconds: Int64(source.below(1 << 40))), actor: actor(),
                    command: command(), fact: fact)
                state.apply(event)
                events.append(event)
            }
        }
        return events
    }

    private mutating func actor() -> Actor {
        source.flag() ? .daemon : .peer(uid: 1, gid: 2, pid: Int32(source.below(9999)))
    }

    private mutating func command() -> CommandStamp? {
        guard source.flag() else { return nil }
        return CommandID("c\(source.wide())").map { CommandStamp(id: $0, check: 7) }
    }

    private mutating func facts() -> [Fact] {
        guard let instance = state.instances.randomElement(&source), source.below(12) > 0 else {
            return configured()
        }
        if source.below(40) == 0 { return [.logAdopted(source.adopted())] }
        if source.below(40) == 0 {
            let count = UInt64(instance.members.count)
            return [
                .instanceRetired(InstanceRetired(instance: instance.number, count: count))
            ]
        }
        let runs = instance.runs
        switch source.below(10) {
        case 0: return [.syncRequested(requested(instance))]
        case 1...4 where !runs.isEmpty:
            return [runFact(runs[source.below(runs.count)].id)]
        default: return members(instance)
        }
    }

    private mutating func configured() -> [Fact] {
        let name = InstanceID("audience-\(source.below(5))") ?? acme
        var change = source.settings()
        if let known = state[name] {
            if known.members.count > 0 { change.piiType = nil }
            return [
                .instanceConfigured(
                    InstanceConfigured(instance: known.number, created: nil, change: change))
            ]
        }
        change.advertiserId = change.advertiserId ?? "adv"
        change.audienceName = change.audienceName ?? "name"
        change.region = change.region ?? .eu
        change.piiType = change.piiType ?? .email
        let number = InstanceNumber(state.instances.count + 1)
        return [
            .instanceConfigured(
                InstanceConfigured(instance: number, created: name, change: change))
        ]
    }

    private mutating func members(_ instance: InstanceState) -> [Fact] {
        let adding = source.below(3) > 0
        let addresses = (0..<source.below(30)).map { _ in
            Email(stored: Array("person\(source.below(200))@example.com".utf8))
        }
        let people = Set(addresses).filter { instance.members.contains($0.digest) != adding }
            .sorted { $0.digest < $1.digest }
        guard !people.isEmpty else { return [] }
        let keepsAddresses = adding && instance.settings.piiType == .email
        let change = MembersChanged(
            instance: instance.number,
            identities: keepsAddresses ? .addresses(people) : .digests(people.map(\.digest)),
            unchanged: UInt32(addresses.count - people.count))
        return [adding ? .membersAdded(change) : .membersRemoved(change)]
    }

    private mutating func requested(_ instance: InstanceState) -> SyncRequested {
        SyncRequested(
            instance: instance.number, date: CalendarDate(dayNumber: source.below(40_000)),
            reason: RunReason.allCases[source.below(6)],
            approval: source.flag() ? Approval(heldRun: source.wide(), count: 3) : nil)
    }

    private mutating func runFact(_ run: RunID) -> Fact {
        let text = source.text(most: 60)
        switch source.below(11) {
        case 0: return .syncFrozen(frozen(run))
        case 1: return .segmentCreationIntended(run: run)
        case 2:
            let segment = Segment(
                crmDataId: text, firstPartyDataId: source.flag() ? "7" : nil,
                origin: SegmentOrigin.allCases[source.below(3)])
            return .segmentResolved(SegmentResolved(run: run, segment: segment))
        case 3: return .dropOpened(run: run, reference: text)
        case 4: return .uploadStarted(run: run, attempt: UInt32(source.below(9)))
        case 5:
            return .uploaded(
                Uploaded(run: run, status: 201, bytes: source.wide(), requestId: nil))
        case 6: return .syncSucceeded(run: run)
        case 7: return .syncFailed(run: run, class: .unavailable, detail: text)
        case 8:
            return .syncHeld(
                SyncHeld(
                    run: run, reason: HoldReason.allCases[source.below(7)], detail: text,
                    tokenFingerprint: source.flag() ? 77 : nil))
        case 9: return .syncSkipped(run: run, reason: .empty, remoteStale: source.flag())
        default: return .dropStatusSeen(DropStatusSeen(run: run, status: 404, answer: text))
        }
    }

    private mutating func frozen(_ run: RunID) -> SyncFrozen {
        SyncFrozen(
            run: run, position: state.position, count: source.wide(), bytes: source.wide(),
            digest: source.digest(), added: 1, removed: source.wide(),
            target: Target(
                endpoint: .production, credential: source.text(), advertiserId: "a",
                audienceName: "n", region: .apac, piiType: .email,
                externalAudienceId: source.flag() ? "x" : nil))
    }
}

extension [InstanceState] {
    fileprivate func randomElement(_ source: inout EventSource) -> InstanceState? {
        isEmpty ? nil : self[source.below(count)]
    }
}
