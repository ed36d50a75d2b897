import MusterCore
import Testing

/// A run of `acme` at the given point of its way, over a state in which the instance has `members`
/// members.
struct RunScript {
    var state: State
    var run: RunID = 0

    init(members: Int = 20, _ change: SettingsChange = firstChange()) {
        state = given(configured(change), added(1...members))
    }

    mutating func request(_ reason: RunReason = .manual, approval: Approval? = nil) {
        run = state.position + 1
        state.take([
            .syncRequested(
                SyncRequested(instance: 1, date: monday, reason: reason, approval: approval))
        ])
    }

    @discardableResult
    mutating func settle(_ outcome: Outcome, at now: Timestamp = noon) -> [Fact] {
        let facts = state.settle(run, outcome)
        state.take(facts, at: now)
        return facts
    }

    func frozen(count: UInt64? = nil, removed: UInt64 = 0) -> SyncFrozen {
        let settings = state[1].settings
        return SyncFrozen(
            run: run, position: state.position, count: count ?? UInt64(state[1].members.count),
            bytes: 45 * (count ?? 20), digest: digest(0), added: 0, removed: removed,
            target: Target(settings: settings, endpoint: settings.endpoint))
    }

    /// A whole run that ends in success.
    mutating func succeed(count: UInt64? = nil, approval: Approval? = nil) {
        request(approval: approval)
        settle(.frozen(frozen(count: count)))
        if state[1].segment == nil { settle(.resolved(created)) }
        settle(.dropOpened(reference: "r"))
        settle(.uploadStarted)
        settle(.uploaded(status: 200, bytes: 900, requestId: nil))
    }

    var step: Step? { state.run(run).flatMap { state.step(of: $0) } }
    var end: Run.End? { state.run(run)?.end }
}

let created = Segment(crmDataId: "abc1234", firstPartyDataId: "77", origin: .created)

@Suite struct SyncRunTests {
    @Test func `each step follows from the log alone, so a crash after any event resumes there`() {
        var script = RunScript()
        script.request()
        #expect(script.step == .freeze)
        script.settle(.frozen(script.frozen()))
        #expect(script.step == .resolveSegment(intendedAt: nil))
        script.settle(.creationIntended)
        #expect(script.step == .resolveSegment(intendedAt: noon))
        script.settle(.resolved(created))
        #expect(script.step == .deliver)
        script.settle(.dropOpened(reference: "ref-1"))
        #expect(script.step == .deliver)
        script.settle(.uploadStarted)
        #expect(script.step == .deliver)
        script.settle(.uploaded(status: 200, bytes: 900, requestId: "q"))
        #expect(script.step == nil)
        #expect(script.end == .succeeded)
    }

    @Test func `an upload that was recorded without its success only needs the end`() {
        var script = RunScript()
        script.request()
        script.settle(.frozen(script.frozen()))
        script.settle(.resolved(created))
        script.state.take([
            .uploaded(Uploaded(run: script.run, status: 200, bytes: 900, requestId: nil))
        ])
        #expect(script.step == .finish)
        script.settle(.finished)
        #expect(script.end == .succeeded)
    }

    @Test func `an outcome that comes after the end changes nothing`() {
        var script = RunScript()
        script.succeed()
        #expect(script.settle(.failed(.unavailable, detail: "late")).isEmpty)
    }

    @Test func `a second run does not begin while one is under way`() {
        var script = RunScript()
        script.request()
        #expect(throws: Rejection.syncRunning(script.run)) {
            try script.state.decide(
                .syncNow(SyncOrder(instance: acme, approval: nil, again: true)), at: noon,
                date: monday)
        }
    }

    @Test func `a second upload within the hour needs again`() throws {
        var script = RunScript()
        script.succeed()
        let later = noon.advanced(seconds: 600)
        #expect(throws: Rejection.syncTooSoon(secondsLeft: 3000)) {
            try script.state.decide(
                .syncNow(SyncOrder(instance: acme, approval: nil, again: false)), at: later,
                date: monday)
        }
        let again = try script.state.decide(
            .syncNow(SyncOrder(instance: acme, approval: nil, again: true)), at: later, date: monday
        )
        #expect(again.facts.count == 1)
    }

    @Test func `a list older than six hours, or of a date that has passed, is not sent`() throws {
        var script = RunScript()
        script.request()
        script.settle(.frozen(script.frozen()))
        let run = try #require(script.state.run(script.run))
        let late = noon.advanced(seconds: 6 * 3600 + 1)
        #expect(script.state.expiry(of: run, at: late, dueDate: nil).count == 1)
        #expect(script.state.expiry(of: run, at: noon, dueDate: monday).isEmpty)
        #expect(
            script.state.expiry(of: run, at: noon, dueDate: monday.advanced(days: 1)).count == 1)
        script.settle(.resolved(created))
        script.settle(.dropOpened(reference: "r"))
        let opened = try #require(script.state.run(script.run))
        #expect(script.state.expiry(of: opened, at: late, dueDate: nil).isEmpty)
    }

    @Test func `a segment that another instance sends to holds the run`() {
        var script = RunScript()
        var change = firstChange(name: "Another")
        change.externalAudienceId = "abc1234"
        script.state.take([
            .instanceConfigured(InstanceConfigured(instance: 2, created: other, change: change))
        ])
        script.request()
        script.settle(.frozen(script.frozen()))
        script.settle(.resolved(created))
        #expect(script.state.run(script.run)?.hold?.reason == .duplicateSegment)
        #expect(script.state[1].segment == nil)
    }
}

@Suite struct DropStatusTests {
    @Test(
        arguments: [
            (nil, Int64(299), false), (nil, 300, true), (300, 1799, false), (300, 1800, true),
            (1800, 7200, true), (7200, 43_199, false), (7200, 43_200, true),
            (43_200, 90_000, false),
            (nil, 90_000, true), (90_000, 90_001, false),
        ] as [(Int64?, Int64, Bool)])
    func `TTD is asked about a drop at four times, and late times are made up for once`(
        asked: Int64?, after: Int64, isDue: Bool
    ) throws {
        var script = RunScript()
        script.succeed()
        if let asked {
            script.state.take(
                [.dropStatusSeen(DropStatusSeen(run: script.run, status: 200, answer: "{}"))],
                at: noon.advanced(seconds: asked))
        }
        let run = try #require(script.state[1].lastSuccess)
        #expect(run.isDropStatusDue(at: noon.advanced(seconds: after)) == isDue)
    }
}
