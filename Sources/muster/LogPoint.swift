import ArgumentParser
import MusterCore

/// A moment of a log: a position, or a time by the host's clock.
///
/// Clocks go backwards and positions do not, so a time means the last event before the first one
/// that is later.
enum LogPoint: Hashable, ExpressibleByArgument {
    case position(Position)
    case time(Timestamp)

    init?(argument: String) {
        if let position = Position(argument) {
            self = .position(position)
        } else if let time = LogTime(argument: argument) {
            self = .time(time.timestamp)
        } else {
            return nil
        }
    }

    /// Whether the event lies behind the moment.
    func isBefore(_ event: Event, at position: Position) -> Bool {
        switch self {
        case .position(let last): position > last
        case .time(let last): event.at > last
        }
    }
}

/// A time of RFC 3339, or a date for its first instant in UTC.
struct LogTime: Hashable, ExpressibleByArgument {
    let timestamp: Timestamp

    init?(argument: String) {
        guard let time = Timestamp(text: argument) ?? Timestamp(text: argument + "T00:00:00Z")
        else { return nil }
        timestamp = time
    }
}
