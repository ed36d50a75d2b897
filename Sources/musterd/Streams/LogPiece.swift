import MusterCore
import MusterStore

/// A part of the log's history as JSON, read beside the engine.
struct LogPiece: Sendable {
    /// About how many bytes of text a piece has.
    static let size = 128 << 10
    /// How many events are looked at for one piece, wanted or not.
    static let mostRead = 50_000

    var events: [JSON] = []
}

/// Reads the log on in pieces, and knows which audience each event is about.
struct LogPieces: Sendable {
    /// Audiences by their numbers, from 1.
    typealias Names = [InstanceID]

    private let files: any FileSystem
    private let filter: EventFilter
    private var cursor: LogCursor
    /// The audiences of runs that were looked up; forgotten when they are many.
    private var owners: [RunID: InstanceNumber] = [:]

    init(_ files: any FileSystem, from position: Position, _ filter: EventFilter) {
        self.files = files
        self.filter = filter
        cursor = LogCursor(files, from: position)
    }

    /// The position of the next event it looks at.
    var next: Position { cursor.next }

    /// The next wanted events up to `last`, which must be durable.
    ///
    /// `names` and `runs` are those of the state at `last` or later; runs it does not know any more
    /// are looked up in the log.
    mutating func read(
        through last: Position, names: Names, runs: [RunID: InstanceNumber],
        most: Int = LogTail.pageLimit
    ) throws(LogError) -> LogPiece {
        var raw: [(event: Event, position: Position)] = []
        var piece = LogPiece()
        var size = 0
        var count = 0
        while size < LogPiece.size, count < LogPiece.mostRead, piece.events.count < most,
            cursor.next <= last
        {
            raw.removeAll(keepingCapacity: true)
            let room = min(256, most - piece.events.count)
            try cursor.read(through: last) { event, position in
                raw.append((event, position))
                return raw.count < room
            }
            count += raw.count
            for (event, position) in raw {
                let owner = try owner(of: event, at: position, runs)
                guard filter.wants(event.fact.type, of: owner) else { continue }
                let name = owner.flatMap { $0 > 0 && $0 <= names.count ? names[Int($0) - 1] : nil }
                let json = JSON.object(
                    JSONObject(
                        EventFields.of(
                            event, at: position, instance: name?.text, withIdentities: false)))
                size += json.encoded().count
                piece.events.append(json)
            }
        }
        return piece
    }

    private mutating func owner(
        of event: Event, at position: Position, _ runs: [RunID: InstanceNumber]
    ) throws(LogError) -> InstanceNumber? {
        if let instance = event.fact.instance {
            if case .syncRequested = event.fact { keep(instance, of: position) }
            return instance
        }
        guard let run = event.fact.run else { return nil }
        if let known = owners[run] ?? runs[run] { return known }
        var found: InstanceNumber?
        var start = LogCursor(files, from: max(run, 1))
        // A run is named by the position of the event that began it.
        try start.read(through: max(run, 1)) { event, _ in
            if case .syncRequested(let requested) = event.fact { found = requested.instance }
            return false
        }
        if let found { keep(found, of: run) }
        return found
    }

    private mutating func keep(_ instance: InstanceNumber, of run: RunID) {
        if owners.count >= 10_000 { owners.removeAll(keepingCapacity: true) }
        owners[run] = instance
    }
}
