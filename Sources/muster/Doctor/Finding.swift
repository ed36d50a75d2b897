import ArgumentParser
import MusterClient

/// What the doctor looks at; `--skip` takes these names.
enum Topic: String, CaseIterable, ExpressibleByArgument {
    case socket
    case group
    case unit
    case sandbox
    case daemon
    case clock
    case disk
    case log
    case runs
    case schedules
    case credentials
    case retention
    case endpoint
}

/// One line of the doctor's.
struct Finding: Hashable {
    /// How a line stands; a whole diagnosis stands as its worst line does.
    enum Level: String, Comparable {
        case ok
        case warn
        case bad

        static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .ok: 0
            case .warn: 1
            case .bad: 2
            }
        }
    }

    let level: Level
    /// What was looked at: the name of a `Topic`, or of a kind that a later daemon has.
    let check: String
    var instance: String?
    var run: Int?
    let message: String
    var remedy: String?
}

extension Finding {
    /// Nothing is the matter, or there is nothing to look at.
    static func ok(_ check: Topic, _ message: String) -> Finding {
        Finding(level: .ok, check: check.rawValue, message: message)
    }

    static func warn(_ check: Topic, _ message: String, _ remedy: String) -> Finding {
        Finding(level: .warn, check: check.rawValue, message: message, remedy: remedy)
    }

    static func bad(_ check: Topic, _ message: String, _ remedy: String) -> Finding {
        Finding(level: .bad, check: check.rawValue, message: message, remedy: remedy)
    }

    /// The message with what it is about.
    var words: String {
        let place = [instance, run.map { "run \($0)" }].compactMap { $0 }.joined(separator: ", ")
        return place.isEmpty ? message : "\(place): \(message)"
    }

    var json: JSONValue {
        let values: [(name: String, value: JSONValue?)] = [
            ("level", .string(level.rawValue)), ("check", .string(check)),
            ("instance", instance.map { .string($0) }), ("run", run.map { .integer($0) }),
            ("message", .string(message)), ("remedy", remedy.map { .string($0) }),
        ]
        return .object(
            values.compactMap { name, value in
                value.map { JSONValue.Member(name: name, value: $0) }
            })
    }
}
