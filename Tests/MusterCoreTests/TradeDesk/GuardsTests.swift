import MusterCore
import Testing

@Suite struct GuardsTests {
    private func reason(_ script: RunScript) -> HoldReason? {
        script.state.run(script.run)?.hold?.reason
    }

    @Test(arguments: [
        (UInt64(0), SkipReason.empty), (9, .belowMinimum), (10, nil),
    ])
    func `a list that is empty or below the minimum is skipped`(
        count: UInt64, expected: SkipReason?
    ) {
        var script = RunScript()
        script.request()
        script.settle(.frozen(script.frozen(count: count)))
        let end = expected.map { Run.End.skipped($0, remoteStale: false) }
        #expect(script.end == end)
    }

    @Test func `a skip says when an older list is still at TTD`() {
        var script = RunScript()
        script.succeed()
        script.request()
        script.settle(.frozen(script.frozen(count: 3)))
        #expect(script.end == .skipped(.belowMinimum, remoteStale: true))
    }

    @Test(arguments: [(UInt64(1000), false), (1001, true)])
    func `more than a thousand removed is held when it is also more than the share`(
        removed: UInt64, isHeld: Bool
    ) {
        var script = RunScript()
        script.succeed(count: 5000)
        script.request()
        script.settle(.frozen(script.frozen(count: 4000, removed: removed)))
        #expect((reason(script) == .shrink) == isHeld)
    }

    @Test(arguments: [(UInt64(20_000), false), (20_001, true)])
    func `more than a fifth removed is held`(removed: UInt64, isHeld: Bool) {
        var script = RunScript()
        script.succeed(count: 100_000)
        script.request()
        script.settle(.frozen(script.frozen(count: 90_000, removed: removed)))
        #expect((reason(script) == .shrink) == isHeld)
    }

    @Test(arguments: [(UInt64(200), false), (201, true)])
    func `more than tenfold growth is held`(count: UInt64, isHeld: Bool) {
        var script = RunScript()
        script.succeed(count: 20)
        script.request()
        script.settle(.frozen(script.frozen(count: count)))
        #expect((reason(script) == .growth) == isHeld)
    }

    @Test(arguments: [SegmentOrigin.given, .found])
    func `the first run onto a segment that we did not create is held`(origin: SegmentOrigin) {
        var script = RunScript()
        script.request()
        script.settle(.frozen(script.frozen()))
        script.settle(
            .resolved(Segment(crmDataId: "abc1234", firstPartyDataId: nil, origin: origin)))
        #expect(reason(script) == .firstReplace)
        script.request()
        script.settle(.frozen(script.frozen()))
        #expect(reason(script) == .firstReplace)
    }

    @Test func `an approval lifts the guard it names, and no other`() throws {
        var script = RunScript()
        script.succeed(count: 5000)
        script.request()
        script.settle(.frozen(script.frozen(count: 3000, removed: 2000)))
        let approval = Approval(heldRun: script.run, count: 3000)
        script.request(.approval, approval: approval)
        script.settle(.frozen(script.frozen(count: 3000, removed: 2000)))
        #expect(script.end == nil)
        #expect(script.step == .deliver)
    }

    @Test func `an approval does not hold for a list further off than the approved one`() {
        var script = RunScript()
        script.succeed(count: 5000)
        script.request()
        script.settle(.frozen(script.frozen(count: 3000, removed: 2000)))
        script.request(.approval, approval: Approval(heldRun: script.run, count: 3000))
        script.settle(.frozen(script.frozen(count: 2999, removed: 2001)))
        #expect(reason(script) == .shrink)
    }

    @Test func `an approval must name the last held run and its count`() throws {
        var script = RunScript(members: 3000)
        script.succeed(count: 5000)
        let sent = script.run
        script.request()
        script.settle(.frozen(script.frozen(count: 3000, removed: 2000)))
        func order(_ run: RunID, _ count: UInt64) -> Command {
            .syncNow(
                SyncOrder(
                    instance: acme, approval: Approval(heldRun: run, count: count), again: true))
        }
        #expect(throws: Rejection.syncNotHeld(sent)) {
            try script.state.decide(order(sent, 3000), at: noon, date: monday)
        }
        #expect(throws: Rejection.syncCountChanged(expected: 2999, actual: 3000)) {
            try script.state.decide(order(script.run, 2999), at: noon, date: monday)
        }
        let decision = try script.state.decide(order(script.run, 3000), at: noon, date: monday)
        #expect(decision.facts.count == 1)
    }

    @Test func `a disabled instance sends nothing`() {
        var change = firstChange()
        change.enabled = false
        var script = RunScript(members: 20, change)
        script.request()
        script.settle(.frozen(script.frozen()))
        #expect(script.end == .skipped(.disabled, remoteStale: false))
    }

    @Test func `a list over the size of one upload is held`() {
        var script = RunScript()
        script.request()
        script.settle(.frozen(script.frozen(count: 200_000_000)))
        #expect(reason(script) == .tooLarge)
    }
}

@Suite struct ApprovalTests {
    /// A list of 5,000 was sent; one of 3,000 that lacks 2,000 of them is held for `shrink`.
    private func held() -> RunScript {
        var script = RunScript(members: 3000)
        script.succeed(count: 5000)
        script.request()
        script.settle(.frozen(script.frozen(count: 3000, removed: 2000)))
        return script
    }

    @Test(arguments: [
        (UInt64(3000), UInt64(2000), true), (3100, 1900, true), (3000, 2001, false),
        (5000, 4000, false), (2999, 2000, false),
    ])
    func `an approval of a shrink is for those who left, not for a number of rows`(
        count: UInt64, removed: UInt64, isLifted: Bool
    ) {
        var script = held()
        script.request(.approval, approval: Approval(heldRun: script.run, count: 3000))
        script.settle(.frozen(script.frozen(count: count, removed: removed)))
        #expect((script.end == nil) == isLifted)
    }

    @Test func `an approval of a run that never was is refused as unknown`() {
        #expect(throws: Rejection.runUnknown) {
            try held().state.decide(
                .syncNow(
                    SyncOrder(
                        instance: acme, approval: Approval(heldRun: 999_999, count: 1), again: true)
                ),
                at: noon, date: monday)
        }
    }
}

@Suite struct `A list after the log was put back` {
    /// A list of 5,000 was sent, and then the log was put back from a copy.
    private func putBack() -> RunScript {
        var script = RunScript(members: 3000)
        script.succeed(count: 5000)
        script.state.take([.logAdopted(LogAdopted(log: LogID(high: 3, low: 4), durable: 9))])
        return script
    }

    private func reason(_ script: RunScript) -> HoldReason? {
        script.state.run(script.run)?.hold?.reason
    }

    @Test func `is held until a person approves it, whatever else is unusual about it`() {
        var script = putBack()
        #expect(script.state.adopted == LogID(high: 3, low: 4))
        script.request()
        script.settle(.frozen(script.frozen(count: 3000, removed: 2000)))
        #expect(reason(script) == .restored)
        script.request()
        script.settle(.frozen(script.frozen(count: 3000, removed: 2000)))
        #expect(reason(script) == .restored)
        script.request(.approval, approval: Approval(heldRun: script.run, count: 3000))
        script.settle(.frozen(script.frozen(count: 3000, removed: 2000)))
        #expect(script.end == nil)
        script.state.take([.syncSucceeded(run: script.run)])
        script.request()
        script.settle(.frozen(script.frozen(count: 3000)))
        #expect(script.end == nil)
    }

    @Test(arguments: [(UInt64(3000), UInt64(2001)), (2999, 2000)])
    func `is held again where it is further off than the approved one`(
        count: UInt64, removed: UInt64
    ) {
        var script = putBack()
        script.request()
        script.settle(.frozen(script.frozen(count: 3000, removed: 2000)))
        script.request(.approval, approval: Approval(heldRun: script.run, count: 3000))
        script.settle(.frozen(script.frozen(count: count, removed: removed)))
        #expect(reason(script) == .restored)
    }

    @Test func `is not let through by an approval of a run from before`() {
        var script = putBack()
        script.request()
        script.settle(.frozen(script.frozen(count: 3000)))
        let held = script.run
        script.state.take([.logAdopted(LogAdopted(log: LogID(high: 5, low: 6), durable: 0))])
        script.request(.approval, approval: Approval(heldRun: held, count: 3000))
        script.settle(.frozen(script.frozen(count: 3000)))
        #expect(reason(script) == .restored)
    }

    @Test func `may be approved`() throws {
        var script = putBack()
        script.request()
        script.settle(.frozen(script.frozen(count: 3000)))
        let order = SyncOrder(
            instance: acme, approval: Approval(heldRun: script.run, count: 3000), again: true)
        #expect(
            try script.state.decide(.syncNow(order), at: noon, date: monday).facts.count == 1)
    }

    @Test func `is sent as ever where nothing can have been sent before`() {
        var script = RunScript(members: 20)
        script.state.take([.logAdopted(LogAdopted(log: LogID(high: 3, low: 4), durable: 0))])
        script.request()
        script.settle(.frozen(script.frozen()))
        #expect(script.end == nil)
    }
}
