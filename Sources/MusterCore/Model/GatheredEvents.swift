import Synchronization

/// Events that add digests to audiences which keep nothing else, in the log's order.
struct GatheredEvents: Sendable {
    struct Entry: Sendable {
        let instance: InstanceNumber
        let command: CommandStamp?
        /// How many people it names.
        let named: UInt32
        let unchanged: UInt32
    }

    /// Somebody whom an event adds.
    struct Person: BitwiseCopyable, Sendable {
        let digest: Digest
        /// Which of the gathered events it is.
        let event: UInt32
    }

    private(set) var events: [Entry] = []
    private(set) var people: [Person] = []
    private var ordered: [Person] = []

    mutating func append(_ command: CommandStamp?, _ change: MembersChanged, _ digests: [Digest]) {
        let event = UInt32(events.count)
        people.append(contentsOf: digests.lazy.map { Person(digest: $0, event: event) })
        events.append(
            Entry(
                instance: change.instance, command: command, named: UInt32(digests.count),
                unchanged: change.unchanged))
    }

    /// The instance that a person is added to.
    func instance(of person: Person) -> InstanceNumber { events[Int(person.event)].instance }

    /// Keeps the memory, for those who come next.
    mutating func removeAll() {
        events.removeAll(keepingCapacity: true)
        people.removeAll(keepingCapacity: true)
    }

    /// Brings the people into rough order.
    mutating func bringIntoRoughOrder() {
        if ordered.count < people.count {
            let nobody = Person(digest: .zero, event: 0)
            ordered += repeatElement(nobody, count: people.count - ordered.count)
        }
        RoughOrder.copy(people, to: &ordered) { $0.digest }
        ordered.removeLast(ordered.count - people.count)
        swap(&people, &ordered)
    }
}

extension State {
    /// Takes over events that add people, in the log's order.
    ///
    /// Each is of an instance that keeps digests.
    mutating func apply(_ gathered: GatheredEvents) {
        var counts = instances.map(\.members.count)
        var added = [Int](repeating: 0, count: gathered.events.count)
        for place in gathered.people.indices {
            let ahead = place + Membership.lookAhead
            if ahead < gathered.people.count {
                let person = gathered.people[ahead]
                prefetch(person.digest, of: gathered.instance(of: person))
            }
            let person = gathered.people[place]
            if take(person.digest, into: gathered.instance(of: person)) {
                added[Int(person.event)] += 1
            }
        }
        note(gathered.events, &counts) { added[$0] }
    }

    /// As above, of many people, half of them at the same time as the others; leaves them in another
    /// order.
    mutating func apply(_ gathered: inout GatheredEvents, _ both: StateFold.Both) {
        gathered.bringIntoRoughOrder()
        var counts = instances.map(\.members.count)
        var halves = takeHalves()
        let middles = halves.map(\.middle)
        // Each half is moved into its thread's hand and back, so that nothing of it is ever shared,
        // which would make the first change of each shard copy it.
        let first = Mutex(Half(halves.map(\.first)))
        let second = Mutex(Half(halves.map(\.second)))
        halves.removeAll()
        let all = gathered
        both(
            { first.withLock { $0.take(all) { $1 < middles[$0] } } },
            { second.withLock { $0.take(all) { $1 >= middles[$0] } } })
        let (lower, upper) = (first.withLock { $0.give() }, second.withLock { $0.give() })
        join(lower.members, upper.members)
        note(gathered.events, &counts) { lower.added[$0] + upper.added[$0] }
    }

    private mutating func note(
        _ events: [GatheredEvents.Entry], _ counts: inout [Int], added: (Int) -> Int
    ) {
        for (number, event) in events.enumerated() {
            let index = Int(event.instance) - 1
            counts[index] += added(number)
            note(event, members: counts[index])
        }
    }
}

/// One of two parts of all audiences' people, which have nothing in common.
private struct Half: Sendable {
    private(set) var members: [Membership]
    /// How many people each event added.
    private(set) var added: [Int] = []

    init(_ members: [Membership]) {
        self.members = members
    }

    /// Gives all of it away.
    mutating func give() -> Half {
        defer { self = Half([]) }
        return self
    }

    /// Takes in those who belong to this half.
    mutating func take(
        _ gathered: GatheredEvents, _ isHere: (_ index: Int, Digest) -> Bool
    ) {
        added = [Int](repeating: 0, count: gathered.events.count)
        var near = [Int](repeating: 0, count: members.count)
        for person in gathered.people {
            let index = Int(gathered.instance(of: person)) - 1
            guard isHere(index, person.digest) else { continue }
            if members[index].insert(person.digest, near: &near[index]) {
                added[Int(person.event)] += 1
            }
        }
    }
}
