/// What runs out by itself: TTD's memory of a list, and a token.
package enum HealthClock: Hashable, Sendable {
    /// So many days ago the last list was uploaded.
    case upload(daysAgo: Int64)
    /// In so many days the token expires; negative when it has.
    case token(daysLeft: Int64)
}

/// How soon a person has to do something.
package enum Urgency: String, CaseIterable, Sendable {
    /// There is time.
    case warn
    /// Something is not done, or soon will not be.
    case bad
}

extension HealthClock {
    /// TTD keeps an uploaded list this long.
    package static let retentionDays: Int64 = 180
    /// A list this old is told of.
    private static let oldDays: Int64 = 150

    /// Which threshold was passed last, from 1; nil while there is nothing to tell.
    ///
    /// A list is told of from 30 days before TTD forgets it, and a token from 30 days before it
    /// expires; both again at 7 days, at 1, and when it is too late.
    package var stage: Int? {
        let left = daysLeft
        guard left <= Self.retentionDays - Self.oldDays else { return nil }
        if left > 7 { return 1 }
        if left > 1 { return 2 }
        return left >= firstDayLeft ? 3 : 4
    }

    /// How soon something has to be done, while there is anything to tell.
    package var urgency: Urgency? { stage.map { $0 == 1 ? .warn : .bad } }

    /// The kind, by the word of the protocol.
    package var word: String {
        switch self {
        case .upload: "upload"
        case .token: "token"
        }
    }

    /// How it stands, for people.
    package var message: String {
        switch self {
        case .upload(let days):
            "The last upload was \(days) days ago; TTD keeps a list for \(Self.retentionDays) days"
                + (stage == 4 ? " and may have dropped it." : ".")
        case .token(0): "The token expires today."
        case .token(1): "The token expires tomorrow."
        case .token(let days) where days < 0: "The token expired \(-days) days ago."
        case .token(let days): "The token expires in \(days) days."
        }
    }

    /// What to do about it, for people.
    package var remedy: String {
        switch self {
        case .upload:
            "Find out with sync list why nothing was sent, and send the audience with sync now."
        case .token:
            "Get a new token from TTD, put it into the credential's file and restart the service."
        }
    }

    /// On the day it is too late at the latest.
    private var daysLeft: Int64 {
        switch self {
        case .upload(let days): Self.retentionDays - days
        case .token(let days): days
        }
    }

    /// A list is forgotten when 180 days are over; a token is good on its last day.
    private var firstDayLeft: Int64 {
        switch self {
        case .upload: 1
        case .token: 0
        }
    }
}

extension InstanceState {
    /// The clock of the list that TTD holds, where one was sent; who disables an audience lets it
    /// run out.
    package func uploadClock(at now: Timestamp) -> HealthClock? {
        guard settings.enabled, let uploadedAt = lastUploadAt else { return nil }
        return .upload(daysAgo: now.seconds(since: uploadedAt) / 86_400)
    }
}

/// Which clocks were told of, and when, so that each is told once a calendar day and whenever it
/// passes a threshold.
package struct ClockNotices: Sendable {
    private var told: [String: Told] = [:]

    private struct Told: Hashable {
        let date: CalendarDate
        let stage: Int
    }

    package init() {}

    /// Whether the clock of `name`, an audience's or a credential's, is to be told of now; the same
    /// question is then answered no for the rest of the day.
    package mutating func isDue(_ clock: HealthClock, of name: String, on date: CalendarDate)
        -> Bool
    {
        let key = clock.word + " " + name
        guard let stage = clock.stage else {
            told[key] = nil
            return false
        }
        let now = Told(date: date, stage: stage)
        guard told[key] != now else { return false }
        told[key] = now
        return true
    }
}
