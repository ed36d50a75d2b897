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

    private(set) var events: [Entry] = []
    /// Whom the events of each instance add, by number from 1; the mark is the event's place.
    private(set) var people: [[MarkedDigest]] = []
    /// How many people there are.
    private(set) var count = 0

    mutating func append(_ command: CommandStamp?, _ change: MembersChanged, _ digests: [Digest]) {
        let index = Int(change.instance) - 1
        while people.count <= index { people.append([]) }
        let event = UInt32(events.count)
        people[index].append(contentsOf: digests.lazy.map { MarkedDigest($0, mark: event) })
        count += digests.count
        events.append(
            Entry(
                instance: change.instance, command: command, named: UInt32(digests.count),
                unchanged: change.unchanged))
    }

    /// Keeps the memory, for those who come next.
    mutating func removeAll() {
        events.removeAll(keepingCapacity: true)
        for index in people.indices { people[index].removeAll(keepingCapacity: true) }
        count = 0
    }
}

extension State {
    /// Takes over events that add people, in the log's order.
    ///
    /// Each is of an instance that keeps digests.
    mutating func apply(_ gathered: GatheredEvents) {
        let counts = instances.map(\.members.count)
        var added = [Int](repeating: 0, count: gathered.events.count)
        for (index, people) in gathered.people.enumerated() {
            let number = InstanceNumber(index + 1)
            for place in people.indices {
                let ahead = place + Membership.lookAhead
                if ahead < people.count { prefetch(people[ahead].digest, of: number) }
                if take(people[place].digest, into: number) { added[Int(people[place].mark)] += 1 }
            }
        }
        note(gathered.events, counts) { added[$0] }
    }

    /// As above, of many people, half of them at the same time as the others.
    ///
    /// `spaces` are two, and lend their memory.
    mutating func apply(
        _ gathered: GatheredEvents, _ spaces: inout [SortingSpace], _ both: StateFold.Both
    ) {
        let counts = instances.map(\.members.count)
        var halves = takeHalves()
        let middles = halves.map(\.middle)
        // Each half is moved into its thread's hand and back, so that nothing of it is ever shared,
        // which would make the first change of each shard copy it.
        let first = Mutex(Half(halves.map(\.first), spaces.removeFirst()))
        let second = Mutex(Half(halves.map(\.second), spaces.removeFirst()))
        halves.removeAll()
        both(
            { first.withLock { $0.take(gathered) { $1 < middles[$0] } } },
            { second.withLock { $0.take(gathered) { $1 >= middles[$0] } } })
        let (lower, upper) = (first.withLock { $0.give() }, second.withLock { $0.give() })
        join(lower.members, upper.members)
        spaces = [lower.space, upper.space]
        note(gathered.events, counts) { lower.added[$0] + upper.added[$0] }
    }

    /// Counts the events; before them there were `members` people in each audience.
    private mutating func note(
        _ events: [GatheredEvents.Entry], _ members: [Int], added: (Int) -> Int
    ) {
        var members = members
        for (number, event) in events.enumerated() {
            let index = Int(event.instance) - 1
            members[index] += added(number)
            note(event, members: members[index])
        }
    }
}

/// Memory in which people are sorted.
struct SortingSpace {
    var people: [MarkedDigest] = []
    var spare: [MarkedDigest] = []
}

/// One of two parts of all audiences' people, which have nothing in common.
private struct Half: Sendable {
    private(set) var members: [Membership]
    /// How many people each event added.
    private(set) var added: [Int] = []
    private(set) var space: SortingSpace

    init(_ members: [Membership], _ space: SortingSpace) {
        self.members = members
        self.space = space
    }

    /// Gives all of it away.
    mutating func give() -> Half {
        defer { self = Half([], SortingSpace()) }
        return self
    }

    /// Takes in those who belong to this half.
    mutating func take(
        _ gathered: GatheredEvents, _ isHere: (_ index: Int, Digest) -> Bool
    ) {
        var added = [Int](repeating: 0, count: gathered.events.count)
        var space = SortingSpace()
        swap(&space, &self.space)
        for (index, people) in gathered.people.enumerated() where !people.isEmpty {
            space.people.removeAll(keepingCapacity: true)
            for person in people where isHere(index, person.digest) { space.people.append(person) }
            space.people.sort(using: &space.spare)
            members[index].insert(space.people.span) { added[Int($0)] += 1 }
        }
        self.added = added
        self.space = space
    }
}
