import MusterCore

/// A state that certain facts led to, for tests that say: given these facts, when this is asked,
/// then this follows.
func given(_ facts: Fact..., at now: Timestamp = noon) -> State {
    var state = State()
    state.take(facts, at: now)
    return state
}

extension State {
    /// Applies facts as the daemon's own.
    mutating func take(
        _ facts: [Fact], at now: Timestamp = noon, by actor: Actor = .daemon,
        command: CommandStamp? = nil
    ) {
        for fact in facts { apply(Event(at: now, actor: actor, command: command, fact: fact)) }
    }

    /// Decides and applies a command, as the engine does.
    mutating func perform(
        _ command: Command, at now: Timestamp = noon, date: CalendarDate = monday,
        stamp: CommandStamp? = nil
    ) throws(Rejection) -> Decision {
        let decision = try decide(command, at: now, date: date)
        take(decision.facts, at: now, by: .peer(uid: 1000, gid: 1000, pid: 7), command: stamp)
        return decision
    }
}

/// 2026-11-23T12:00:00Z, a Monday.
let noon = Timestamp(milliseconds: 1_795_435_200_000)
let monday = CalendarDate(dayNumber: 20_780)

/// The nth of a row of identities that are as different as real ones.
func digest(_ number: Int) -> Digest {
    Digest.sha256(Array("person \(number)".utf8))
}

func hashed(_ numbers: ClosedRange<Int>) -> [String] {
    numbers.map { digest($0).hex }
}

func members(_ texts: [String]) -> NamedMembers {
    var members = NamedMembers()
    for text in texts { members.append(text.utf8.span) }
    return members
}

func list(
    _ texts: [String], in instance: InstanceID = acme, single: Bool = false, atomic: Bool = false
) -> MemberList {
    MemberList(
        instance: instance, members: members(texts), isSingle: single, isAtomic: atomic)
}

let acme = InstanceID("acme-us") ?? fatalName()
let other = InstanceID("other") ?? fatalName()

func fatalName() -> InstanceID {
    fatalError("a test names an instance wrongly")
}

/// The settings of a first configuration, at a loopback endpoint.
func firstChange(
    name: String = "Buyers", piiType: PIIType = .hashedEmail,
    endpoint: String = "http://127.0.0.1:9/v3"
) -> SettingsChange {
    var change = SettingsChange()
    change.advertiserId = "adv1"
    change.audienceName = name
    change.region = .us
    change.piiType = piiType
    change.endpoint = Endpoint(endpoint)
    change.minimumMembers = 10
    return change
}

func configured(_ change: SettingsChange = firstChange()) -> Fact {
    .instanceConfigured(InstanceConfigured(instance: 1, created: acme, change: change))
}

func added(_ numbers: ClosedRange<Int>) -> Fact {
    .membersAdded(
        MembersChanged(instance: 1, identities: .digests(numbers.map(digest)), unchanged: 0))
}
