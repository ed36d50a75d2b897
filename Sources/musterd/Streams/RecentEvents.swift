import DequeModule
import MusterCore

/// The last durable events, for the streams that have caught up with the log.
///
/// Streams that are further behind read the log itself.
struct RecentEvents {
    /// As many are kept.
    static let limit = 1024

    struct Entry {
        let type: EventType
        let instance: InstanceNumber?
        let json: JSON
        /// About how long it is as text.
        let size: Int
    }

    private var entries: Deque<Entry> = []
    /// The position of the first one kept.
    private var first: Position = 1

    /// Keeps events that became durable, the last of them at `last`.
    mutating func append(_ events: [Event], through last: Position, _ state: State) {
        let skipped = max(0, events.count - Self.limit)
        let start = last - Position(events.count) + 1
        if skipped > 0 || entries.isEmpty || first + Position(entries.count) != start {
            entries.removeAll(keepingCapacity: true)
            first = start + Position(skipped)
        }
        for (index, event) in events.enumerated().dropFirst(skipped) {
            entries.append(Entry(event, at: start + Position(index), state))
        }
        while entries.count > Self.limit {
            entries.removeFirst()
            first += 1
        }
    }

    mutating func removeAll() {
        entries.removeAll()
    }

    /// What a stream takes next.
    struct Taken {
        var events: [JSON] = []
        /// The position of the next event to look at.
        var next: Position
    }

    /// The wanted events from `position` on, some at a time; nil where they are not kept any more.
    func events(
        from position: Position, through last: Position, _ filter: EventFilter
    ) -> Taken? {
        guard position >= first, position < first + Position(entries.count) else { return nil }
        var taken = Taken(next: position)
        var size = 0
        for entry in entries.dropFirst(Int(position - first)) {
            guard taken.next <= last, taken.events.count < LogTail.pageLimit else { break }
            taken.next += 1
            guard filter.wants(entry.type, of: entry.instance) else { continue }
            taken.events.append(entry.json)
            size += entry.size
            if size > LogPiece.size { break }
        }
        return taken
    }
}

extension RecentEvents.Entry {
    fileprivate init(_ event: Event, at position: Position, _ state: State) {
        let owner =
            event.fact.instance ?? event.fact.run.flatMap { state.runOwners[$0] }
        type = event.fact.type
        instance = owner
        json = .object(
            JSONObject(
                EventFields.of(
                    event, at: position, instance: owner.map { state[$0].id.text },
                    withIdentities: false)))
        size = json.encoded().count
    }
}

/// Which events a stream tells.
struct EventFilter: Sendable {
    let types: Set<EventType>?
    let instance: InstanceNumber?

    func wants(_ type: EventType, of owner: InstanceNumber?) -> Bool {
        if let types, !types.contains(type) { return false }
        return instance == nil || instance == owner
    }
}
