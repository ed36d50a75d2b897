import MusterCore
import MusterStore

/// The state that a log tells, built event by event up to a moment.
struct Replay {
    private(set) var state = State()
    /// Behind the commit that holds the last event.
    private(set) var chain: Digest?
    /// When the last event was decided.
    private(set) var at: Timestamp?
    /// The event that ended the replay before its time.
    private(set) var stop: ReplayStep?
    /// What ended the replay before its time.
    private(set) var damage: LogError?
    private var owners = EventOwners()

    /// Reads on to `point`, or until `stops` says so, or to where the log cannot be read; how far it
    /// is a terminal shows, where `isNoted`.
    mutating func read(
        _ reader: LogReader, to point: LogPoint?, isNoted: Bool = true,
        until stops: (ReplayStep) -> Bool = { _ in false }
    ) throws(Failure) {
        var limit: Position?
        if case .position(let position) = point { limit = position }
        var isOver = false
        var note = LiveLine.readingLog(isQuiet: !isNoted)
        defer { note.clear() }
        do {
            try reader.forEach(through: limit) { entry in
                guard !isOver else { return }
                isOver = point?.isBefore(entry.event, at: entry.position) == true
                guard !isOver else { return }
                let step = apply(entry)
                note.show(readTo: entry.position)
                guard stops(step) else { return }
                stop = step
                isOver = true
            }
        } catch {
            if !isOver { try end(error, before: limit) }
        }
    }

    private mutating func end(_ error: LogError, before limit: Position?) throws(Failure) {
        if case .damaged(_, let found) = error, found.kind == .missing, found.offset == 0, let limit
        {
            throw Failure(
                .unknown, "there is no position \(limit); the log ends at \(state.position)",
                remedy: "Name a position up to that, or a time.")
        }
        damage = error
    }

    private mutating func apply(_ entry: LogReader.Entry) -> ReplayStep {
        let fact = entry.event.fact
        let run = fact.type == .syncRequested ? entry.position : fact.run
        let number = fact.instance ?? run.flatMap { state.run($0)?.instance }
        let before = counts(of: number, run)
        var leaving: Membership?
        if case .instanceRetired = fact, let number, before != nil {
            leaving = state[number].members
        }
        state.apply(entry.event)
        chain = entry.chain
        at = entry.event.at
        return ReplayStep(
            entry: entry, owner: owners.owner(of: entry), before: before,
            after: counts(of: number, run), leaving: leaving)
    }

    private func counts(of number: InstanceNumber?, _ run: RunID?) -> ReplayStep.Counts? {
        guard let number, number > 0, Int(number) <= state.instances.count else { return nil }
        let instance = state[number]
        return ReplayStep.Counts(
            members: instance.members.count, version: instance.version,
            run: run.flatMap { state.run($0) }.map { MusterCore.RunEnd($0) }.map {
                $0.step ?? $0.state
            })
    }
}

/// An event, and what it changed, in counts.
struct ReplayStep {
    let entry: LogReader.Entry
    let owner: String?
    /// Of the event's audience before and after it; nil where there was none.
    let before: Counts?
    let after: Counts?
    /// Everybody whom the event took out without naming them.
    var leaving: Membership?

    struct Counts: Hashable {
        let members: Int
        let version: UInt64
        /// The next step of the event's run, or how it ended.
        let run: String?
    }

    var json: JSON {
        var members: [(name: String, value: JSON)] = [
            ("position", .integer(Int64(entry.position))), ("at", .string(entry.event.at.text)),
            ("type", .string(entry.event.fact.type.name)),
        ]
        if let owner { members.append(("instance", .string(owner))) }
        if let run = entry.event.fact.run { members.append(("run", .integer(Int64(run)))) }
        for (name, old, new) in changes { members.append((name, ["from": old, "to": new])) }
        return .object(JSONObject(members))
    }

    var text: String {
        var words = [
            "\(entry.position)", entry.event.at.text, entry.event.fact.type.name,
        ]
        if let owner { words.append("instance=\(owner)") }
        if let run = entry.event.fact.run { words.append("run=\(run)") }
        for (name, old, new) in changes { words.append("\(name)=\(old.word)->\(new.word)") }
        return words.joined(separator: " ").printable
    }

    private var changes: [(name: String, old: JSON, new: JSON)] {
        let values: [(name: String, old: JSON, new: JSON)] = [
            ("members", .number(before?.members), .number(after?.members)),
            ("version", .number(before?.version), .number(after?.version)),
            ("state", .text(before?.run), .text(after?.run)),
        ]
        return values.filter { $0.old != $0.new }
    }
}

extension JSON {
    static func number(_ number: (some BinaryInteger)?) -> JSON {
        number.map { .integer(Int64(truncatingIfNeeded: $0)) } ?? .null
    }

    /// A text bare, anything else as JSON, nothing as `-`.
    var word: String {
        if self == .null { return "-" }
        return string ?? String(decoding: encoded(), as: UTF8.self)
    }
}

extension LiveLine {
    /// A line about a log that is read; its events come by the million, so few look at the clock.
    static func readingLog(isQuiet: Bool) -> LiveLine { .note(stride: 4096, isQuiet: isQuiet) }

    mutating func show(readTo position: Position) {
        show("reading the log: position \(Int(position).grouped)")
    }
}
