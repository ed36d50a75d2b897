/// What the log says: the fold of all its events, and nothing else.
///
/// The same events give the same state, also where a snapshot stands for the first of them.
package struct State: Sendable {
    /// The number of the last event applied.
    package private(set) var position: Position = 0
    /// In the order of their creation; the instance of number n stands at index n - 1.
    package private(set) var instances: [InstanceState] = []
    private var numbers: [InstanceID: InstanceNumber] = [:]
    package private(set) var receipts = Receipts()
    /// The instance of each run that is still remembered.
    private var runs: [RunID: InstanceNumber] = [:]
    /// The log's id since it was last put back from a copy; nil where it never was.
    package private(set) var adopted: LogID?
    /// Who is kept out, by marks that only the directory's key can make.
    package private(set) var suppressions: Set<Suppression> = []

    package init() {}

    /// The state that a snapshot tells; the instance of number n stands at index n - 1.
    init(
        position: Position, adopted: LogID?, suppressions: Set<Suppression>,
        instances: [InstanceState], receipts: Receipts
    ) {
        self.suppressions = suppressions
        self.position = position
        self.adopted = adopted
        self.instances = instances
        self.receipts = receipts
        for instance in instances {
            numbers[instance.id] = instance.number
            for run in instance.runs { runs[run.id] = instance.number }
        }
    }

    /// The instance of this name.
    package subscript(id: InstanceID) -> InstanceState? {
        numbers[id].map { instances[Int($0) - 1] }
    }

    /// The number of the instance of this name, or the refusal that there is none.
    package func number(of id: InstanceID) throws(Rejection) -> InstanceNumber {
        guard let number = numbers[id] else { throw .instanceUnknown }
        return number
    }

    /// How many commands changed the instance of this name.
    package func version(of id: InstanceID) -> UInt64? { numbers[id].map { version(of: $0) } }

    /// The instance of this number, which an event gave.
    package subscript(number: InstanceNumber) -> InstanceState {
        instances[Int(number) - 1]
    }

    // What commands ask for is read where it stands: to copy an instance takes longer than most
    // commands do.

    /// How many commands changed the instance.
    package func version(of number: InstanceNumber) -> UInt64 {
        instances[Int(number) - 1].version
    }

    /// How many members the instance has.
    package func memberCount(of number: InstanceNumber) -> UInt64 {
        UInt64(instances[Int(number) - 1].members.count)
    }

    /// Asks for the memory in which the instance will look for a person, and waits for nothing.
    func prefetch(_ digest: Digest, of number: InstanceNumber) {
        instances.span[Int(number) - 1].members.prefetch(digest)
    }

    /// The receipt of the command of this id, if it is in a window.
    ///
    /// Nothing changes. As a mutating call it is made where the state stands; for any other the
    /// state's references would be copied, which takes as long as the look itself.
    package mutating func receipt(of id: CommandID) -> Receipt? { receipts[id] }

    /// What the instance stores.
    func piiType(of number: InstanceNumber) -> PIIType {
        instances[Int(number) - 1].settings.piiType
    }

    /// Whether the instance's lists stay on this host.
    func isLoopback(_ number: InstanceNumber) -> Bool {
        instances[Int(number) - 1].settings.endpoint.isLoopback
    }

    /// The same without anybody: to hold it keeps no list of members from changing in place.
    package var withoutMembers: State {
        var copy = self
        for index in copy.instances.indices {
            copy.instances[index] = copy.instances[index].withoutMembers
        }
        return copy
    }

    /// The run of this number, if it is among the last of its instance.
    package func run(_ id: RunID) -> Run? {
        runs[id].flatMap { number in self[number].run(id) }
    }

    /// The instance of each run that is still remembered, for readers beside the engine.
    package var runOwners: [RunID: InstanceNumber] { runs }

    /// As `Receipts.prefetch` says.
    mutating func prefetchReceipt(of id: CommandID) { receipts.prefetch(id) }

    /// Takes over one event; the caller gives them in the log's order, without gaps.
    package mutating func apply(_ event: Event) {
        position += 1
        switch event.fact {
        case .instanceConfigured(let configured): apply(configured, of: event)
        case .membersAdded(let change): apply(change, of: event, adding: true)
        case .membersRemoved(let change): apply(change, of: event, adding: false)
        case .syncRequested(let requested): apply(requested, of: event)
        case .instanceRetired(let retired): apply(retired, of: event)
        case .tailRepaired, .erased: break
        case .suppressionChanged(let change): apply(change)
        case .logAdopted(let adoption): apply(adoption)
        case .syncFrozen, .segmentCreationIntended, .segmentResolved, .dropOpened, .uploadStarted,
            .uploaded, .syncSucceeded, .syncFailed, .syncHeld, .syncSkipped, .dropStatusSeen:
            applyToRun(event)
        }
    }

    /// Takes a person in who has no address there; whether they were not in before.
    ///
    /// `note` is for the event that tells it.
    mutating func take(_ digest: Digest, into number: InstanceNumber) -> Bool {
        instances[Int(number) - 1].take(digest)
    }

    /// The people of each instance in two halves, as `Membership` says.
    mutating func takeHalves() -> [(first: Membership, middle: Digest, second: Membership)] {
        instances.indices.map { instances[$0].takeHalves() }
    }

    /// Takes back what `takeHalves` gave.
    mutating func join(_ first: [Membership], _ second: [Membership]) {
        for index in instances.indices { instances[index].join(first[index], second[index]) }
    }

    /// Counts the next event of the log, whose people were taken in; `members` is how many there
    /// were behind it.
    mutating func note(_ event: GatheredEvents.Entry, members: Int) {
        position += 1
        let index = Int(event.instance) - 1
        instances[index].countChange()
        remember(
            event.command, index: index, changed: event.named, unchanged: event.unchanged,
            members: members, isCreation: false, concernsMembers: true)
    }

    private mutating func apply(_ change: SuppressionChanged) {
        for one in change.people {
            if change.isLifted { suppressions.remove(one) } else { suppressions.insert(one) }
        }
    }

    private mutating func apply(_ adoption: LogAdopted) {
        adopted = adoption.log
        for index in instances.indices { instances[index].putBack(at: position) }
    }

    private mutating func apply(_ configured: InstanceConfigured, of event: Event) {
        if let name = configured.created, let settings = Settings(first: configured.change) {
            numbers[name] = configured.instance
            instances.append(
                InstanceState(id: name, number: configured.instance, settings: settings))
        }
        guard let index = index(of: configured.instance) else { return }
        instances[index].configure(configured.change, at: event.at)
        remember(
            event, index: index, changed: 0, unchanged: 0, isCreation: configured.created != nil)
    }

    private mutating func apply(_ change: MembersChanged, of event: Event, adding: Bool) {
        guard let index = index(of: change.instance) else { return }
        instances[index].change(change.identities, adding: adding)
        remember(
            event, index: index, changed: UInt32(change.identities.count),
            unchanged: change.unchanged, isCreation: false)
    }

    /// Takes those of a list in or out, as `Membership` says; `count` is for the event that tells it.
    mutating func carryOut(
        _ list: MemberList, adding: Bool, of number: InstanceNumber, _ screen: MemberScreen?
    ) throws(Rejection) -> MemberChange {
        try instances[Int(number) - 1].carryOut(list, adding: adding, screen)
    }

    /// Counts the next event of the log, which tells a change that was carried out.
    mutating func count(_ event: Event, of number: InstanceNumber, _ change: MemberChange) {
        position += 1
        let index = Int(number) - 1
        instances[index].countChange()
        remember(
            event, index: index, changed: change.changed, unchanged: change.unchanged,
            isCreation: false)
    }

    private mutating func apply(_ retired: InstanceRetired, of event: Event) {
        guard let index = index(of: retired.instance) else { return }
        instances[index].retire()
        remember(
            event, index: index, changed: UInt32(clamping: retired.count), unchanged: 0,
            isCreation: false)
    }

    private mutating func apply(_ requested: SyncRequested, of event: Event) {
        guard let index = index(of: requested.instance) else { return }
        runs[position] = requested.instance
        let forgotten = instances[index].begin(
            Run(requested, position: position, by: event.actor, at: event.at))
        if let forgotten { runs[forgotten] = nil }
        remember(event, index: index, changed: 0, unchanged: 0, isCreation: false)
    }

    /// Where the instance stands; a log that names one which was never configured is not ours to
    /// trap on.
    private func index(of number: InstanceNumber) -> Int? {
        let index = Int(number) - 1
        return instances.indices.contains(index) ? index : nil
    }

    private mutating func applyToRun(_ event: Event) {
        guard let id = event.fact.run, let number = runs[id] else { return }
        instances[Int(number) - 1].advance(run: id, by: event)
    }

    private mutating func remember(
        _ event: Event, index: Int, changed: UInt32, unchanged: UInt32, isCreation: Bool
    ) {
        let concernsMembers =
            switch event.fact {
            case .membersAdded, .membersRemoved: true
            default: false
            }
        remember(
            event.command, index: index, changed: changed, unchanged: unchanged,
            members: instances[index].members.count, isCreation: isCreation,
            concernsMembers: concernsMembers)
    }

    private mutating func remember(
        _ command: CommandStamp?, index: Int, changed: UInt32, unchanged: UInt32, members: Int,
        isCreation: Bool, concernsMembers: Bool
    ) {
        guard let command else { return }
        receipts.keep(
            Receipt(
                check: command.check, position: position, version: instances[index].version,
                changed: changed, unchanged: unchanged, members: UInt64(members),
                isCreation: isCreation),
            of: command.id, concernsMembers: concernsMembers)
    }
}

extension Fact {
    /// The run the fact is about, unless it begins one.
    package var run: RunID? {
        switch self {
        case .syncFrozen(let frozen): frozen.run
        case .segmentCreationIntended(let run), .dropOpened(let run, _),
            .uploadStarted(let run, _), .syncSucceeded(let run), .syncFailed(let run, _, _),
            .syncSkipped(let run, _, _):
            run
        case .segmentResolved(let resolved): resolved.run
        case .uploaded(let uploaded): uploaded.run
        case .syncHeld(let held): held.run
        case .dropStatusSeen(let seen): seen.run
        case .instanceConfigured, .membersAdded, .membersRemoved, .syncRequested, .tailRepaired,
            .logAdopted, .instanceRetired, .erased, .suppressionChanged:
            nil
        }
    }

    /// The instance the fact itself names.
    package var instance: InstanceNumber? {
        switch self {
        case .instanceConfigured(let configured): configured.instance
        case .membersAdded(let change), .membersRemoved(let change): change.instance
        case .syncRequested(let requested): requested.instance
        case .instanceRetired(let retired): retired.instance
        default: nil
        }
    }
}
