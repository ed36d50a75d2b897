import MusterCore
import Testing

/// A daemon that looks at one schedule each hour of three years, with hours in which it or TTD is
/// away, and with a clock that jumps.
private struct Years {
    /// A mistake that the judge must notice.
    enum Bug: String, CaseIterable, Sendable {
        case forgetsItsLastSuccess, makesUpForEachDate, neverTriesAgain, knowsNoDaylight
        case triesUntilTheNextDate
    }

    /// What was seen at one hour: the clock, and what was asked for.
    struct Hour {
        let clock: Int64
        let isAvailable: Bool
        let requests: [SyncRequested]
    }

    static let hours = 3 * 365 * 24

    let place: Place
    let bug: Bug?
    private let zone: Zone
    private var state: State
    private var beforeSuccess: State
    private var random: Seeded
    private var skew: Int64 = 0
    private var hoursAway = 0
    private var hoursUnavailable = 0
    private(set) var history: [Hour] = []

    init(_ place: Place, seed: UInt64, hours: Int = Self.hours, bug: Bug? = nil) throws {
        self.place = place
        self.bug = bug
        zone = try place.zone(withoutDaylight: bug == .knowsNoDaylight)
        random = Seeded(seed)
        var change = firstChange()
        change.schedule = .some(
            DailySchedule(dailyAt: try #require(TimeOfDay(place.dailyAt)), timeZone: place.name))
        let start = try #require(Timestamp(text: place.start))
        state = given(configured(change), added(1...20), at: start)
        beforeSuccess = state
        for hour in 0..<hours {
            step(at: start.advanced(seconds: Int64(hour) * 3600))
        }
    }

    var delay: Int64 { state[1].offset }

    private mutating func step(at time: Timestamp) {
        if chance(1, in: 700) {
            skew = chance(1, in: 2) ? 0 : Int64.random(in: -260_000...260_000, using: &random)
        }
        if chance(1, in: 400) { hoursUnavailable = Int.random(in: 1...40, using: &random) }
        hoursUnavailable -= 1
        let wasAway = hoursAway > 0
        hoursAway = wasAway ? hoursAway - 1 : 0
        if hoursAway == 0, chance(1, in: 100) {
            let most = chance(1, in: 10) ? 120 : 12
            hoursAway = Int.random(in: 1...most, using: &random)
        }
        guard hoursAway == 0 else { return }
        if wasAway, bug == .forgetsItsLastSuccess { state = beforeSuccess }
        let now = time.advanced(seconds: skew)
        let isAvailable = hoursUnavailable <= 0
        var requests: [SyncRequested] = []
        for request in asked(at: now) {
            requests.append(request)
            carry(request, at: now, isAvailable: isAvailable)
        }
        history.append(
            Hour(clock: now.milliseconds / 1000, isAvailable: isAvailable, requests: requests))
    }

    private mutating func chance(_ times: Int, in count: Int) -> Bool {
        Int.random(in: 0..<count, using: &random) < times
    }

    private func asked(at now: Timestamp) -> [SyncRequested] {
        let instance = state[1]
        guard let request = instance.scheduledRequest(at: now, in: zone) else {
            guard bug == .triesUntilTheNextDate, let last = instance.runs.last, last.failure != nil,
                let due = instance.latestDue(at: now, in: zone), due.date == last.date
            else { return [] }
            return [SyncRequested(instance: 1, date: last.date, reason: .retry)]
        }
        if bug == .neverTriesAgain, request.reason == .retry { return [] }
        guard bug == .makesUpForEachDate, let sent = instance.lastSuccess,
            sent.date < request.date
        else { return [request] }
        return (sent.date.dayNumber + 1...request.date.dayNumber).map {
            SyncRequested(
                instance: 1, date: CalendarDate(dayNumber: $0), reason: request.reason)
        }
    }

    private mutating func carry(_ request: SyncRequested, at now: Timestamp, isAvailable: Bool) {
        state.take([.syncRequested(request)], at: now)
        let run = state.position
        guard isAvailable else {
            state.take(state.settle(run, .failed(.unavailable, detail: "")), at: now)
            return
        }
        beforeSuccess = state
        let settings = state[1].settings
        let frozen = SyncFrozen(
            run: run, position: run, count: 20, bytes: 900, digest: digest(0), added: 0, removed: 0,
            target: Target(settings: settings, endpoint: settings.endpoint))
        var outcomes: [Outcome] = [.frozen(frozen)]
        if state[1].segment == nil { outcomes.append(.resolved(created)) }
        outcomes += [
            .dropOpened(reference: "r"), .uploadStarted,
            .uploaded(status: 200, bytes: 900, requestId: nil),
        ]
        for outcome in outcomes { state.take(state.settle(run, outcome), at: now) }
    }
}

extension Run {
    fileprivate var failure: FailureClass? {
        if case .failed(let failure, _) = end { failure } else { nil }
    }
}

/// Judges a history by the almanac alone.
private struct Judge {
    let almanac: Almanac
    let start: Int64
    private(set) var complaints: Set<String> = []
    /// The dates that were sent, by their day numbers, and the last.
    private(set) var sent: Set<Int> = []
    private var lastSent = Int.min
    private var lastUpload: Int64?
    private var failures: [Int: Int64] = [:]
    /// How often TTD could be reached while a date was the last that was due and none later was
    /// sent.
    private var chances: [Int: Int] = [:]

    init(_ history: [Years.Hour], _ almanac: Almanac, start: Int64) {
        self.almanac = almanac
        self.start = start
        for hour in history { look(at: hour) }
        // Two, because another upload may have been less than an hour ago at the first.
        for (date, count) in chances where count >= 2 && !sent.contains(date) {
            complaints.insert("a date that could be sent was not")
        }
    }

    private mutating func look(at hour: Years.Hour) {
        guard let index = almanac.latest(at: hour.clock) else { return }
        let day = almanac.days[index]
        let expected = reason(for: day, next: almanac.days[index + 1], at: hour.clock)
        if expected == nil, !hour.requests.isEmpty { complaints.insert("a run that is not due") }
        if expected != nil, hour.requests.isEmpty { complaints.insert("no run though one is due") }
        if hour.requests.count > 1 { complaints.insert("more than one run at once") }
        if hour.isAvailable, day.nominal > start, lastSent < day.number, failures[day.number] == nil
        {
            chances[day.number, default: 0] += 1
        }
        for request in hour.requests {
            let date = request.date.dayNumber
            if date != day.number { complaints.insert("a run of another date") }
            if let expected, request.reason != expected { complaints.insert("another reason") }
            guard hour.isAvailable else {
                failures[date] = hour.clock
                continue
            }
            if !sent.insert(date).inserted { complaints.insert("a date that was sent twice") }
            if date < lastSent { complaints.insert("an older date after a newer one") }
            lastSent = max(lastSent, date)
            lastUpload = hour.clock
        }
    }

    /// Why a run begins at this time, or nil when none does.
    private func reason(for day: Almanac.Day, next: Almanac.Day, at clock: Int64) -> RunReason? {
        guard day.nominal > start, day.number > lastSent else { return nil }
        if let lastUpload, (0..<3600).contains(clock - lastUpload) { return nil }
        guard let failed = failures[day.number] else {
            return clock - day.due > 600 ? .catchUp : .schedule
        }
        let again = failed + 3600
        return clock >= again && again <= next.nominal - 3600 ? .retry : nil
    }
}

@Suite struct YearsTests {
    private func judged(_ years: Years) throws -> Judge {
        let start = try #require(Timestamp(text: years.place.start)).milliseconds / 1000
        let almanac = Almanac(years.place, delay: years.delay, hours: Years.hours)
        return Judge(years.history, almanac, start: start)
    }

    @Test(arguments: Place.all)
    func `each date that could be sent was sent, once, and never for an earlier one`(
        place: Place
    ) throws {
        let judge = try judged(try Years(place, seed: 1))
        #expect(judge.complaints.isEmpty)
        #expect(judge.sent.count > 900)
    }

    @Test(arguments: Years.Bug.allCases)
    private func `a daemon with a mistake is found out`(bug: Years.Bug) throws {
        let judge = try judged(try Years(.newYork, seed: 1, hours: 10_000, bug: bug))
        #expect(!judge.complaints.isEmpty)
    }
}
