import ArgumentParser
import MusterCore
import MusterStore

/// Cuts the end off a log.
struct LogRepair: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Cut the end off a log, for good.",
        discussion: """
            Everything from the given place on goes, however sound it is. The daemon must be stopped. \
            Without --yes nothing is cut, and the exit status is 2: it only says what would go. What is \
            cut off stays in quarantine/, with the snapshots, which are made again.

            Clients and lists that were sent may know of the events that go: see them first with \
            "muster log dump --from POSITION", and restore a copy instead where there is one.

            Examples:
              muster log repair --truncate-at 4711 --state-directory /var/lib/musterd
              muster log repair --truncate-at 3:1048576 --yes --state-directory /var/lib/musterd

            JSON: cut, segment, offset, position, lastPosition, bytes, events, unreadable.
            """)

    @Option(
        help: "Where the cut is: a position, or SEGMENT:BYTE; a commit must begin there.")
    var truncateAt: CutPoint

    @Flag(help: "Cut.")
    var yes = false

    @OptionGroup var options: LogOptions

    func run() throws {
        let (files, _) = try options.directory.writable()
        let cut: LogCut
        do throws(LogCut.Refusal) {
            cut = try LogCut(files, at: truncateAt.wish)
        } catch {
            throw Failure(error)
        }
        defer { cut.release() }
        let loss = try CutLoss(behind: cut, in: options.reader())
        if cut.cutsNothing {
            throw Failure(.unknown, "the log ends there; there is nothing to cut")
        }
        if yes { try Failure.ofLog { () throws(LogError) in try cut.perform() } }
        try options.answer.confirm(loss.json(isDone: yes), unless: !yes) { loss.text(isDone: yes) }
        if !yes { throw Failure(.misuse, "nothing was cut", remedy: "Give --yes to cut.") }
    }
}

/// A place on the command line: `POSITION` or `SEGMENT:BYTE`.
struct CutPoint: ExpressibleByArgument {
    let wish: LogCut.Wish

    init?(argument: String) {
        let numbers = argument.split(separator: ":", omittingEmptySubsequences: false).map(
            String.init)
        if numbers.count == 2, let segment = UInt64(numbers[0]), let offset = Int(numbers[1]) {
            wish = .offset(segment: segment, offset)
        } else if let position = Position(argument) {
            wish = .position(position)
        } else {
            return nil
        }
    }
}

/// What a cut takes away, in counts.
private struct CutLoss {
    private let place: LogCut.Place
    private let bytes: Int
    private var events: [(type: EventType, count: Int)] = []
    private var last: Position
    private var unreadable: [String] = []

    init(behind cut: LogCut, in reader: LogReader) throws(Failure) {
        (place, bytes, last) = (cut.place, cut.bytes, cut.place.position - 1)
        var counts: [EventType: Int] = [:]
        var last = last
        var unreadable: [String] = []
        try Failure.ofLog { () throws(LogError) in
            try reader.forEach(from: cut.place.position, gap: { unreadable.append($0.message) }) {
                counts[$0.event.fact.type, default: 0] += 1
                last = $0.position
            }
        }
        self.last = last
        self.unreadable = unreadable
        events = EventType.allCases.compactMap { type in counts[type].map { (type, $0) } }
    }

    func json(isDone: Bool) -> JSON {
        [
            "cut": .bool(isDone), "segment": .number(place.segment),
            "offset": .number(place.offset),
            "position": .number(place.position), "lastPosition": .number(last),
            "bytes": .number(bytes),
            "events": .object(
                JSONObject(events.map { (name: $0.type.name, value: .number($0.count)) })),
            "unreadable": .array(unreadable.map { .string($0) }),
        ]
    }

    func text(isDone: Bool) -> String {
        var sheet = Sheet(isDone ? "what was cut off" : "what would be cut off")
        sheet.add(
            "from", "position \(place.position), segment \(place.segment), byte \(place.offset)")
        sheet.add("to", last < place.position ? nil : "position \(last)")
        sheet.add("bytes", bytes.grouped)
        for (type, count) in events { sheet.add(type.name, count.counted("event")) }
        for gap in unreadable { sheet.add("cannot be read", gap) }
        return sheet.text
    }
}

extension Failure {
    fileprivate init(_ refusal: LogCut.Refusal) {
        switch refusal {
        case .log(let error): self.init(error)
        case .noBoundary(let before, let after):
            self.init(
                .misuse, "no commit begins there",
                remedy: "Cut at \(before.words), or at \(after.words).")
        case .erasureBehind:
            self.init(
                .misuse,
                "an event behind that place vouches for people who were erased in front of it",
                remedy:
                    "Cut behind it (muster log erasures), or restore a copy that is younger than it."
            )
        case .erasureUnfinished:
            self.init(
                .unavailable, "people are being erased from this log",
                remedy: "Finish that first: muster log erase --resume.")
        case .behindEnd(let end):
            self.init(.unknown, "the log ends before that, at \(end.words)")
        }
    }
}

extension LogCut.Place {
    fileprivate var words: String { "\(segment):\(offset) (position \(position))" }
}
