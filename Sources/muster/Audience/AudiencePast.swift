import MusterCore
import MusterStore

/// What a log tells up to a moment, people apart: it takes no memory for them.
struct AudiencePast {
    /// The state at the moment, with nobody in any audience.
    private(set) var state = State()
    /// When the last event up to the moment was decided.
    private(set) var at: Timestamp?
    /// When the first event of the log was decided.
    private(set) var beginning: Timestamp?
    /// Where each audience was made, by its number from 1.
    private var made: [Position] = []
    /// The last event that took somebody in or out, by the audience's number.
    private var changes: [InstanceNumber: Change] = [:]
    /// The run that was asked for, where the log has it.
    private(set) var run: RunPast?

    /// An event that took somebody in or out.
    struct Change: Hashable {
        let position: Position
        let at: Timestamp
        let type: EventType
    }

    /// Reads the log up to `point`, or whole, and looks out for the run of this number.
    ///
    /// With `fromSnapshot` only what is needed for the state and the run is read, from the newest
    /// snapshot on where the point is no time: what happened when is not known then.
    init(
        _ reader: LogReader, to point: LogPoint? = nil, run wanted: RunID? = nil,
        fromSnapshot: Bool = false, isQuiet: Bool = false
    ) throws(Failure) {
        var limit: Position?
        if case .position(let position) = point { limit = position }
        var isOver = false
        var note = LiveLine.readingLog(isQuiet: isQuiet)
        defer { note.clear() }
        var past = AudiencePast()
        do {
            // Of times only the events themselves tell which came first.
            if fromSnapshot, point == nil || limit != nil,
                let base = try reader.newestOutline(through: limit ?? .max)
            {
                past.state = base
            }
            let known = past.position
            try reader.forEach(from: min(known + 1, max(1, wanted ?? .max)), through: limit) {
                entry in
                past.beginning = past.beginning ?? entry.event.at
                isOver = isOver || point?.isBefore(entry.event, at: entry.position) == true
                guard !isOver else { return }
                if entry.position > known { past.take(entry) }
                if let wanted { past.look(for: wanted, in: entry) }
                note.show(readTo: entry.position)
            }
        } catch {
            if case .damaged(_, let found) = error, found.kind == .missing, found.offset == 0,
                let limit
            {
                throw Failure(
                    .unknown, "there is no position \(limit); the log ends at \(past.position)",
                    remedy: "Name a position up to that, or a time.")
            }
            throw Failure(error)
        }
        self = past
    }

    private init() {}

    var position: Position { state.position }

    private mutating func take(_ entry: LogReader.Entry) {
        let event = entry.event
        at = event.at
        switch event.fact {
        case .membersAdded(let change):
            state.apply(event.with(.membersAdded(change.withoutPeople)))
        case .membersRemoved(let change):
            state.apply(event.with(.membersRemoved(change.withoutPeople)))
        default:
            state.apply(event.with(event.fact))
        }
        note(entry)
    }

    private mutating func look(for wanted: RunID, in entry: LogReader.Entry) {
        let fact = entry.event.fact
        if entry.position == wanted, case .syncRequested(let requested) = fact {
            run = RunPast(id: wanted, instance: requested.instance)
        } else if fact.run == wanted {
            run?.take(entry.event)
        }
    }

    private mutating func note(_ entry: LogReader.Entry) {
        switch entry.event.fact {
        case .membersAdded(let change), .membersRemoved(let change):
            note(entry, changed: change.instance)
        case .instanceRetired(let retired): note(entry, changed: retired.instance)
        case .instanceConfigured(let configured) where configured.created != nil:
            made.append(entry.position)
        default: break
        }
    }

    private mutating func note(_ entry: LogReader.Entry, changed instance: InstanceNumber) {
        changes[instance] = Change(
            position: entry.position, at: entry.event.at, type: entry.event.fact.type)
    }

    /// The audience of this name, with nobody in it.
    func instance(_ name: String) throws(Failure) -> InstanceState {
        if position == 0 {
            let words = beginning.map { "nothing had happened by then; the log begins \($0.words)" }
            throw Failure(.unknown, words ?? "the log is empty")
        }
        guard let found = InstanceID(name).flatMap({ state[$0] }) else {
            throw Failure(
                .unknown, "there is no audience of this name at position \(position)\(atWords)",
                remedy: "muster log replay --to \(position) lists those there were.")
        }
        return found
    }

    private var atWords: String { at.map { ", \($0.words)" } ?? "" }

    /// Where the audience was made.
    func beginning(of instance: InstanceState) -> Position {
        let index = Int(instance.number) - 1
        return made.indices.contains(index) ? made[index] : 0
    }

    /// The last event that took somebody in or out, without saying whom.
    func lastChange(of instance: InstanceState) -> Change? { changes[instance.number] }
}

/// What the log tells of one run, however old it is.
struct RunPast: Hashable {
    let id: RunID
    let instance: InstanceNumber
    private(set) var frozen: SyncFrozen?
    /// The event that ended it.
    private(set) var end: EventType?

    init(id: RunID, instance: InstanceNumber) {
        self.id = id
        self.instance = instance
    }

    /// Takes an event about it.
    mutating func take(_ event: Event) {
        switch event.fact {
        case .syncFrozen(let list): frozen = list
        case .syncSucceeded, .syncFailed, .syncHeld, .syncSkipped: end = event.fact.type
        default: break
        }
    }

    /// How it ended, in a word of the protocol.
    var state: String {
        switch end {
        case .syncSucceeded: "succeeded"
        case .syncFailed: "failed"
        case .syncHeld: "held"
        case .syncSkipped: "skipped"
        default: "running"
        }
    }

    /// The list that was fixed for it.
    func list() throws(Failure) -> SyncFrozen {
        guard let frozen else {
            throw Failure(
                .unknown, "run \(id) (\(state)) never fixed a list",
                remedy: "muster sync list names the runs; those with a number of members did.")
        }
        return frozen
    }
}

extension MembersChanged {
    fileprivate var withoutPeople: MembersChanged {
        MembersChanged(instance: instance, identities: .digests([]), unchanged: unchanged)
    }
}

extension Event {
    /// The same of another fact, and without the command's id, which would be remembered.
    fileprivate func with(_ fact: Fact) -> Event { Event(at: at, actor: actor, fact: fact) }
}

extension Timestamp {
    /// For people, to the second.
    var words: String { text.readableTime }
}
