import MusterClient
import MusterCore
import MusterStore

/// Whether the host's clock follows others.
enum ClockState: Hashable {
    case synchronised
    case unsynchronised
    /// The kernel does not say, as in some sandboxes.
    case untold
}

/// Judges the host's clock.
enum ClockFindings {
    /// Clocks of one host differ by less.
    private static let toleranceSeconds: Int64 = 60
    private static let follow =
        "Install and start a time service, systemd-timesyncd or chrony; timedatectl shows it."

    /// What is to be said at `now`, where the newest event is of `newest`.
    static func judge(_ clock: ClockState, newest: Timestamp?, now: Timestamp) -> [Finding] {
        var findings: [Finding] = []
        if let newest, newest.seconds(since: now) > toleranceSeconds {
            findings.append(
                .bad(
                    .clock,
                    "the clock says \(now.text.readableTime), before the newest event of "
                        + "\(newest.text.readableTime)",
                    "Set the clock; until then lists go out at the wrong time or not at all. \(follow)"
                ))
        }
        switch clock {
        case .unsynchronised:
            findings.append(.warn(.clock, "the clock is not synchronised", follow))
        case .synchronised where findings.isEmpty:
            findings.append(.ok(.clock, "it is synchronised, and past the newest event"))
        case .untold where findings.isEmpty:
            findings.append(
                .ok(.clock, "it is past the newest event; whether it is synchronised is not told"))
        case .synchronised, .untold: break
        }
        return findings
    }
}

/// The room that the log has, and how long it lasts.
struct DiskRoom: Hashable {
    let bytes: Int
    let bytesADay: Int?
    let days: Int?

    init(bytes: Int, bytesADay: Int? = nil, days: Int? = nil) {
        self.bytes = bytes
        self.bytesADay = bytesADay
        self.days = days
    }

    /// As `status` tells it.
    init?(_ status: JSONValue) {
        guard let room = status["room"], let bytes = room["bytes"]?.integer else { return nil }
        self.init(
            bytes: bytes, bytesADay: room["bytesADay"]?.integer, days: room["days"]?.integer)
    }
}

/// Judges the room that the log has.
enum DiskFindings {
    /// The next segment and its reserve need about half of it.
    static let leastBytes = 128 << 20
    static let urgentDays = 7
    static let earlyDays = 30

    static func judge(_ room: DiskRoom?) -> Finding {
        guard let room else {
            return .ok(.disk, "not looked at: how much is free is not told")
        }
        let free = "\(room.bytes.size) are free for the log"
        let growth =
            room.bytesADay.map { "; it grows \($0.size) a day" }
            ?? "; how fast it grows is known after a day"
        let lasts = room.days.map { $0 > 3650 ? "" : ": enough for \($0.counted("day"))" } ?? ""
        let remedy =
            "Give the file system of the state directory more room, or take other things off it; "
            + "commands are refused with log.full where there is none."
        if room.bytes < leastBytes || room.days.map({ $0 < urgentDays }) == true {
            return .bad(.disk, free + growth + lasts, remedy)
        }
        if room.days.map({ $0 < earlyDays }) == true {
            return .warn(.disk, free + growth + lasts, remedy)
        }
        return .ok(.disk, free + growth + lasts)
    }
}

/// What could be learned of the log while the daemon does not answer.
enum LogLook {
    /// The state directory is not known, or may not be read.
    case closed(String)
    /// It would take long.
    case tooLarge(bytes: Int)
    case verified(LogVerification)
}

/// Judges the log.
enum LogFindings {
    /// Damage that is told of; of more there is the number.
    private static let listed = 5

    /// As the daemon tells it, which has read all of the log behind its newest snapshot.
    static func judge(_ status: JSONValue) -> Finding {
        let bytes = status["bytes"]?.integer?.size ?? "?"
        let segments = status["segments"]?.integer?.counted("segment") ?? "?"
        let snapshot =
            status["snapshot"]?["position"]?.integer.map { "newest snapshot at \($0.grouped)" }
            ?? "no snapshot yet"
        return .ok(.log, "open: \(bytes) in \(segments), \(snapshot)")
    }

    /// As it lies on the disk.
    static func judge(_ look: LogLook, directory: String?) -> [Finding] {
        let command = "muster log verify --state-directory \(directory ?? "DIR")"
        switch look {
        case .closed(let why): return [.ok(.log, "not looked at: \(why); as root, \(command)")]
        case .tooLarge(let bytes):
            return [.ok(.log, "not looked at, as it has \(bytes.size); \(command)")]
        case .verified(let found) where found.isWhole:
            return [.ok(.log, "whole up to position \(Int(clamping: found.position).grouped)")]
        case .verified(let found):
            let more = found.problems.count - listed
            return found.problems.prefix(listed).enumerated().map { index, problem in
                let others = index + 1 == listed && more > 0 ? " And \(more) more." : ""
                let remedy = "\(command) says more; muster log --help has the verbs that mend it."
                return isHarmless(problem)
                    ? .warn(.log, problem.message + others, remedy)
                    : .bad(.log, problem.message + others, remedy)
            }
        }
    }

    /// What a start gets over by itself.
    private static func isHarmless(_ problem: LogVerification.Problem) -> Bool {
        switch problem {
        case .tornTail, .markSlot, .snapshot, .erasureUnfinished: true
        case .error, .unknownFile: false
        }
    }
}
