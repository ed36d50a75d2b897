import Logging
import MusterCore

/// Tells the journal of lists that TTD is about to forget and of tokens that are about to expire,
/// each once a calendar day (UTC) and whenever one passes a threshold.
struct ClockWatch {
    private var notices = ClockNotices()
    private let credentials: Credentials
    private let logger: Logger
    private var tokensSeen: Timestamp?

    /// Days to a token's expiry change slowly, and its file is opened for each look.
    private static let tokenInterval: Int64 = 3600

    init(credentials: Credentials, logger: Logger) {
        self.credentials = credentials
        self.logger = logger
    }

    /// Looks at what is sent; names of audiences and credentials are all that is written.
    mutating func look(at sent: [EngineHandle.Sent], at now: Timestamp) {
        let today = Zone.utc.date(at: now)
        for one in sent {
            guard let clock = one.clock else { continue }
            tell(clock, of: one.instance.text, as: "instance", on: today)
        }
        if let tokensSeen, (0..<Self.tokenInterval).contains(now.seconds(since: tokensSeen)) {
            return
        }
        tokensSeen = now
        for name in Set(sent.map(\.credential)).sorted() {
            // A file that cannot be read has no known expiry; status and its run tell what is wrong.
            guard let days = (try? credentials.read(name))?.daysLeft(at: now) else { continue }
            tell(.token(daysLeft: days), of: name, as: "credential", on: today)
        }
    }

    private mutating func tell(
        _ clock: HealthClock, of name: String, as kind: String, on today: CalendarDate
    ) {
        guard notices.isDue(clock, of: name, on: today) else { return }
        logger.tell(
            clock.kind, "\(clock.message) \(clock.remedy)", [kind: "\(name)"],
            level: clock.urgency == .bad ? .error : .warning)
    }
}

extension HealthClock {
    fileprivate var kind: JournalMessage {
        switch self {
        case .upload: .listAging
        case .token: .tokenExpiring
        }
    }
}
