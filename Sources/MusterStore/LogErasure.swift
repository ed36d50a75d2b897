package import MusterCore

/// Erases people from the log of a directory, so that no file of it names them and the log still
/// proves itself.
///
/// What is to be done is written down first and then done by opening the log, as it is after a
/// crash: there is one way only.
package struct LogErasure {
    /// What was found of the people in one audience.
    package struct Audience: Hashable, Sendable {
        package let number: InstanceNumber
        /// The commits that name them, each with its number of slots.
        package let commits: [ErasedCommit]
    }

    private let disk: any FileSystem
    private let plan: ErasurePlan
    package let audiences: [Audience]
    /// How many of the people were found.
    package let people: Int
    /// How many are kept out from here on who were not before.
    package let suppressed: Int

    /// Looks for `people` in the log, in one audience or all; nil where nothing is to be done.
    ///
    /// With a key they are also kept out from here on, whether they are found or not.
    /// `log` is the same directory's, opened and up to date with `state`; it is closed before
    /// `write`.
    package init?(
        of people: Set<Digest>, in instance: InstanceNumber?, suppressing key: SuppressionKey?,
        _ log: EventLog, _ state: State, by actor: Actor, at now: Timestamp
    ) throws(LogError) {
        disk = log.disk
        var search = Search(people, instance)
        try search.read(try LogReader(disk))
        let new =
            key.map { key in
                people.map { Suppression(instance: instance, mark: key.mark(of: $0)) }
                    .filter { !state.suppressions.contains($0) }.sorted()
            } ?? []
        guard !search.places.isEmpty || !new.isEmpty else { return nil }
        suppressed = new.count
        self.people = search.found.count
        audiences = search.slots.sorted { $0.key < $1.key }.map { number, commits in
            Audience(
                number: number,
                commits: commits.sorted { $0.key < $1.key }.map {
                    ErasedCommit(instance: number, commit: $0.key, slots: $0.value)
                })
        }
        let facts =
            Self.facts(of: audiences.flatMap(\.commits))
            + SuppressionChanged.facts(of: new, isLifted: false)
            + Self.facts(ofRunsOf: audiences.map(\.number), state)
        plan = ErasurePlan(
            log: log.head.log, position: log.head.position, places: search.places,
            events: facts.map { Event(at: now, actor: actor, fact: $0) })
    }

    /// Writes down what is to be erased: from here on it happens, whoever opens the log next.
    package func write() throws(LogError) {
        try plan.write(to: disk)
    }

    /// Where the events that record it stand when the log is opened next.
    package var firstEvent: Position { plan.position + 1 }

    private static func facts(of commits: [ErasedCommit]) -> [Fact] {
        commits.pieces(of: Erased.limit).map { .erased(Erased($0)) }
    }

    /// For each run under way, that its list is no longer right and is to be made anew.
    private static func facts(ofRunsOf audiences: [InstanceNumber], _ state: State) -> [Fact] {
        var facts: [Fact] = []
        for number in audiences where Int(number) <= state.instances.count {
            // What was uploaded has succeeded, and only its end is not recorded yet.
            guard let run = state[number].activeRun, run.phase != .uploaded else { continue }
            facts.append(
                .syncFailed(run: run.id, class: .erased, detail: "people were erased from the log"))
            facts.append(
                .syncRequested(
                    SyncRequested(
                        instance: number, date: run.date, reason: run.reason,
                        approval: run.approval)))
        }
        return facts
    }
}

extension SuppressionChanged {
    /// The events that keep these people out, or let them in again.
    package static func facts(of people: [Suppression], isLifted: Bool) -> [Fact] {
        people.pieces(of: limit).map {
            .suppressionChanged(SuppressionChanged(isLifted: isLifted, people: $0))
        }
    }
}

extension Array {
    /// The same in pieces of at most `size`.
    fileprivate func pieces(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}

/// Goes through a whole log for the slots of some people.
private struct Search {
    private let people: Set<Digest>
    private let instance: InstanceNumber?
    private(set) var places: [ErasurePlan.Place] = []
    private(set) var slots: [InstanceNumber: [Position: UInt32]] = [:]
    private(set) var found: Set<Digest> = []

    init(_ people: Set<Digest>, _ instance: InstanceNumber?) {
        self.people = people
        self.instance = instance
    }

    mutating func read(_ reader: LogReader) throws(LogError) {
        try reader.forEachCommit { content, commit throws(LogError) in
            do {
                try commit.slots { slot, place in
                    guard instance == nil || instance == slot.instance, people.contains(slot.digest)
                    else { return }
                    take(slot, at: place, of: commit, content.entry.number)
                }
            } catch {
                throw content.unreadable(commit)
            }
        }
    }

    private mutating func take(
        _ slot: Slot, at place: Range<Int>, of commit: FoundCommit, _ segment: UInt64
    ) {
        found.insert(slot.digest)
        slots[slot.instance, default: [:]][commit.header.firstPosition, default: 0] += 1
        places.append(
            ErasurePlan.Place(
                segment: segment, commit: commit.offset, slot: place))
    }
}

extension LogReader {
    /// The events that took people out of the list of `instance` at `position` since.
    package func erasures(
        of instance: InstanceNumber, since position: Position
    ) throws(LogError) -> [Position] {
        var found: [Position] = []
        try forEach(from: position + 1) { entry in
            guard case .erased(let erased) = entry.event.fact else { return }
            let concernsIt = erased.commits.contains {
                $0.instance == instance && $0.commit <= position
            }
            if concernsIt { found.append(entry.position) }
        }
        return found
    }

    /// Calls `body` with each commit of the log and the segment that holds it.
    fileprivate func forEachCommit(
        _ body: (SegmentContent, FoundCommit) throws(LogError) -> Void
    ) throws(LogError) {
        var chain = log.map { Chain.start(of: $0) }
        for entry in manifest?.segments ?? [] {
            let content = try SegmentContent(entry, of: log, after: chain, on: disk)
            let end = try content.walk { commit throws(LogError) in try body(content, commit) }
            chain = end.seal.chain
        }
    }
}
