@testable import MusterCore

/// Random events of every kind, the same for the same seed.
struct EventSource {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    mutating func number() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(number() % UInt64(bound)) }

    mutating func flag() -> Bool { number() & 1 == 1 }

    /// A number of any width, so that small and large ones both occur.
    mutating func wide() -> UInt64 { number() >> UInt64(below(64)) }

    mutating func text(most: Int = 40) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789 äß€😀-_/")
        return String((0..<below(most + 1)).map { _ in letters[below(letters.count)] })
    }

    mutating func digest() -> Digest {
        var bytes: [UInt8] = []
        for _ in 0..<4 { bytes.append(number: number() | 1) }
        return Digest(at: 0, of: bytes.span)
    }

    mutating func salt() -> Salt { Salt(first: number(), second: number()) }

    mutating func event(_ type: EventType) -> Event {
        Event(
            at: Timestamp(milliseconds: Int64(bitPattern: wide())), actor: actor(),
            command: command(), fact: fact(type))
    }

    mutating func event() -> Event {
        event(EventType.allCases[below(EventType.allCases.count)])
    }

    /// One person is added, as most commands do.
    mutating func singleAdd(command: String? = nil) -> Event {
        Event(
            at: Timestamp(milliseconds: 1_795_000_000_000),
            actor: .peer(uid: 1000, gid: 1000, pid: 4242),
            command: command.flatMap(CommandID.init).map { CommandStamp(id: $0, check: 7) },
            fact: .membersAdded(
                MembersChanged(instance: 1, identities: .digests([digest()]), unchanged: 0)))
    }

    private mutating func actor() -> Actor {
        guard flag() else { return .daemon }
        return .peer(
            uid: UInt32(truncatingIfNeeded: number()), gid: UInt32(truncatingIfNeeded: wide()),
            pid: Int32(truncatingIfNeeded: wide()))
    }

    private mutating func command() -> CommandStamp? {
        let letters = Array("abcXYZ019._:-")
        let text = String((0..<below(65)).map { _ in letters[below(letters.count)] })
        return CommandID(text).map {
            CommandStamp(id: $0, check: UInt16(truncatingIfNeeded: wide()))
        }
    }

    private mutating func instance() -> InstanceNumber {
        InstanceNumber(truncatingIfNeeded: wide())
    }

    private mutating func members() -> MembersChanged {
        let count = below(4) == 0 ? below(40) : 1
        let people: Identities =
            flag()
            ? .digests((0..<count).map { _ in digest() })
            : .addresses(
                (0..<count).map { _ in Email(stored: Array("p\(wide())@example.com".utf8)) })
        return MembersChanged(
            instance: instance(), identities: people,
            unchanged: UInt32(truncatingIfNeeded: wide()))
    }

    mutating func settings() -> SettingsChange {
        var change = SettingsChange()
        if flag() { change.advertiserId = text() }
        if flag() { change.audienceName = text() }
        if flag() { change.region = Region.allCases[below(3)] }
        if flag() { change.piiType = PIIType.allCases[below(2)] }
        if flag() { change.credential = text() }
        if flag() { change.endpoint = Endpoint("http://127.0.0.1:\(below(60000) + 1)/v3") }
        if flag() { change.externalAudienceId = .some(flag() ? "id" + text() : nil) }
        if flag() { change.enabled = flag() }
        if flag() { change.schedule = .some(flag() ? schedule() : nil) }
        if flag() { change.minimumMembers = UInt32(truncatingIfNeeded: wide()) }
        if flag() {
            change.thresholds = Thresholds(
                shrinkMembers: UInt32(truncatingIfNeeded: wide()), shrinkPercent: 7,
                growthFactor: UInt32(truncatingIfNeeded: wide()))
        }
        return change
    }

    private mutating func schedule() -> DailySchedule? {
        TimeOfDay(hour: below(24), minute: below(60)).map {
            DailySchedule(dailyAt: $0, timeZone: "Europe/Berlin")
        }
    }

    private mutating func fact(_ type: EventType) -> Fact {
        let run = wide()
        switch type {
        case .instanceConfigured:
            return .instanceConfigured(
                InstanceConfigured(
                    instance: instance(), created: flag() ? InstanceID("acme-us") : nil,
                    change: settings()))
        case .membersAdded: return .membersAdded(members())
        case .membersRemoved: return .membersRemoved(members())
        case .syncRequested: return .syncRequested(requested())
        case .syncFrozen: return .syncFrozen(frozen(run))
        case .segmentCreationIntended: return .segmentCreationIntended(run: run)
        case .segmentResolved:
            let segment = Segment(
                crmDataId: text(), firstPartyDataId: flag() ? text() : nil,
                origin: SegmentOrigin.allCases[below(3)])
            return .segmentResolved(SegmentResolved(run: run, segment: segment))
        case .dropOpened: return .dropOpened(run: run, reference: text())
        case .uploadStarted:
            return .uploadStarted(run: run, attempt: UInt32(truncatingIfNeeded: wide()))
        case .uploaded:
            return .uploaded(
                Uploaded(run: run, status: 201, bytes: wide(), requestId: flag() ? text() : nil))
        case .syncSucceeded: return .syncSucceeded(run: run)
        case .syncFailed:
            return .syncFailed(
                run: run, class: FailureClass.allCases[below(6)], detail: text(most: 300))
        case .syncHeld:
            return .syncHeld(
                SyncHeld(
                    run: run, reason: HoldReason.allCases[below(7)], detail: text(),
                    tokenFingerprint: flag() ? UInt32(truncatingIfNeeded: wide()) : nil))
        case .syncSkipped:
            return .syncSkipped(
                run: run, reason: SkipReason.allCases[below(3)], remoteStale: flag())
        case .dropStatusSeen:
            return .dropStatusSeen(
                DropStatusSeen(run: run, status: 404, answer: text(most: 1000)))
        case .tailRepaired:
            return .tailRepaired(
                TailRepaired(segment: wide(), offset: wide(), bytes: wide(), digest: digest()))
        case .logAdopted: return .logAdopted(adopted())
        case .instanceRetired:
            return .instanceRetired(InstanceRetired(instance: instance(), count: wide()))
        case .suppressionChanged:
            return .suppressionChanged(
                SuppressionChanged(
                    isLifted: flag(),
                    people: (0..<below(5)).map { _ in
                        Suppression(instance: flag() ? max(1, instance()) : nil, mark: digest())
                    }))
        case .erased:
            return .erased(
                Erased(
                    (0..<below(5)).map { _ in
                        ErasedCommit(
                            instance: instance(), commit: wide(),
                            slots: UInt32(truncatingIfNeeded: wide()))
                    }))
        }
    }

    mutating func adopted() -> LogAdopted {
        LogAdopted(log: LogID(high: number(), low: wide()), durable: wide())
    }

    private mutating func requested() -> SyncRequested {
        SyncRequested(
            instance: instance(), date: CalendarDate(dayNumber: below(100_000) - 20_000),
            reason: RunReason.allCases[below(6)],
            approval: flag() ? Approval(heldRun: wide(), count: wide()) : nil)
    }

    private mutating func frozen(_ run: RunID) -> SyncFrozen {
        let target = Target(
            endpoint: .production, credential: text(), advertiserId: text(), audienceName: text(),
            region: Region.allCases[below(3)], piiType: PIIType.allCases[below(2)],
            externalAudienceId: flag() ? text() : nil)
        return SyncFrozen(
            run: run, position: wide(), count: wide(), bytes: wide(), digest: digest(),
            added: wide(), removed: wide(), target: target)
    }
}
