import MusterCore

/// Random commands to three audiences, and random answers of the world to their runs.
struct CommandSource {
    private var random: Random
    private var sent: [(command: Command, stamp: CommandStamp)] = []
    private static let names = ["one", "two", "three"].compactMap(InstanceID.init)

    init(seed: UInt64) {
        random = Random(seed: seed)
    }

    /// What happens next: a command of a client, or an answer of the world.
    enum Turn {
        case command(Command, CommandStamp?)
        case outcome(RunID, Outcome)
    }

    mutating func next(_ state: State) -> Turn {
        guard state.instances.count == Self.names.count || random.below(4) > 0,
            let instance = state.instances.randomElement(&random)
        else { return fresh(.configure(configuration(of: name(), in: state))) }
        if let run = instance.activeRun, random.below(3) > 0 {
            return .outcome(run.id, outcome(of: run, in: state))
        }
        switch random.below(16) {
        case 0: return fresh(.configure(configuration(of: instance.id, in: state)))
        case 1, 2:
            return fresh(
                .syncNow(SyncOrder(instance: instance.id, approval: nil, again: random.flag())))
        case 3 where !sent.isEmpty:
            let again = sent[random.below(sent.count)]
            return .command(again.command, again.stamp)
        case 4 where random.below(4) == 0: return fresh(.retire(retirement(of: instance)))
        case 4...7: return fresh(.removeMembers(members(of: instance)))
        default: return fresh(.addMembers(members(of: instance)))
        }
    }

    private mutating func fresh(_ command: Command) -> Turn {
        guard random.below(3) > 0, let id = CommandID("c\(random.next())") else {
            return .command(command, nil)
        }
        let stamp = CommandStamp(id: id, check: UInt16(truncatingIfNeeded: random.next()))
        sent.append((command, stamp))
        return .command(command, stamp)
    }

    private mutating func name() -> InstanceID { Self.names[random.below(Self.names.count)] }

    private mutating func configuration(of name: InstanceID, in state: State) -> Configuration {
        var change = SettingsChange()
        if state[name] == nil || random.flag() {
            change.advertiserId = "advertiser"
            change.audienceName = "audience \(name.text)"
            change.region = .eu
            change.piiType = name.text == "two" ? .email : .hashedEmail
        }
        if random.flag() { change.minimumMembers = UInt32(random.below(50)) }
        if random.flag() { change.enabled = random.below(5) > 0 }
        return Configuration(instance: name, change: change)
    }

    /// Of the whole audience, or at times of one that the sender has not seen right.
    private mutating func retirement(of instance: InstanceState) -> Retirement {
        let wrong = random.below(4) == 0 ? 1 : 0
        return Retirement(
            instance: instance.id, expectedCount: UInt64(instance.members.count + wrong))
    }

    private mutating func members(of instance: InstanceState) -> MemberList {
        let count = random.below(6) == 0 ? random.below(60) : 1 + random.below(3)
        var members = NamedMembers()
        for _ in 0..<count { members.append(text(for: instance).utf8.span) }
        return MemberList(
            instance: instance.id, members: members, isSingle: false, isAtomic: false)
    }

    private mutating func text(for instance: InstanceState) -> String {
        let address = "person\(random.below(150))@example.com"
        guard instance.settings.piiType == .hashedEmail, random.flag() else { return address }
        return Digest.sha256(address.utf8).hex
    }

    private mutating func outcome(of run: Run, in state: State) -> Outcome {
        guard random.below(8) > 0 else { return end() }
        switch state.step(of: run) {
        case .freeze: return .frozen(frozen(run, in: state))
        case .resolveSegment(nil) where random.flag(): return .creationIntended
        case .resolveSegment:
            let segment = Segment(
                crmDataId: "segment-\(run.instance)", firstPartyDataId: "7",
                origin: random.below(4) > 0 ? .created : .found)
            return .resolved(segment)
        case .deliver:
            switch run.phase {
            case .dropOpened: return .uploadStarted
            case .uploading: return .uploaded(status: 200, bytes: 45, requestId: nil)
            default: return .dropOpened(reference: "reference \(random.below(100))")
            }
        case .finish, nil: return .finished
        }
    }

    private mutating func end() -> Outcome {
        switch random.below(3) {
        case 0: .failed(.unavailable, detail: "no answer")
        case 1: .held(.credential, detail: "", tokenFingerprint: 7)
        default: .failed(.rejected, detail: "status 400")
        }
    }

    private mutating func frozen(_ run: Run, in state: State) -> SyncFrozen {
        let instance = state[run.instance]
        let count = UInt64(instance.members.count)
        return SyncFrozen(
            run: run.id, position: state.position, count: count, bytes: count * 45,
            digest: .sha256("list \(count)".utf8), added: count,
            removed: UInt64(random.below(20)),
            target: Target(settings: instance.settings, endpoint: instance.settings.endpoint))
    }
}

extension [InstanceState] {
    fileprivate func randomElement(_ random: inout Random) -> InstanceState? {
        isEmpty ? nil : self[random.below(count)]
    }
}
