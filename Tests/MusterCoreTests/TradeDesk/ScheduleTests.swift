import MusterCore
import Testing

@Suite struct ScheduleTests {
    /// An instance due daily at 03:00 UTC, configured on Sunday noon.
    private func daily() throws -> State {
        var change = firstChange()
        change.schedule = .some(
            DailySchedule(dailyAt: try #require(TimeOfDay("03:00")), timeZone: "UTC"))
        return given(configured(change), added(1...20), at: noon.advanced(seconds: -86_400))
    }

    private var due: Timestamp { noon.advanced(seconds: -9 * 3600) }

    @Test func `a run begins once its time and the instance's own offset have come`() throws {
        let instance = try daily()[1]
        #expect((0..<600).contains(instance.offset))
        let at = due.advanced(seconds: instance.offset)
        #expect(instance.scheduledRequest(at: at.advanced(seconds: -1), in: .utc) == nil)
        #expect(
            instance.scheduledRequest(at: at, in: .utc)
                == SyncRequested(instance: 1, date: monday, reason: .schedule))
        #expect(instance.nextSync(at: at.advanced(seconds: -1), in: .utc) == at)
    }

    @Test func `one run catches up after downtime, for the latest date only`() throws {
        let instance = try daily()[1]
        let request = instance.scheduledRequest(at: noon.advanced(seconds: 3 * 86_400), in: .utc)
        #expect(
            request
                == SyncRequested(
                    instance: 1, date: monday.advanced(days: 3), reason: .catchUp))
    }

    @Test func `a time of day that passed before the schedule was set is not made up for`() throws {
        let instance = try daily()[1]
        let sunday = noon.advanced(seconds: -86_400 + 60)
        #expect(instance.scheduledRequest(at: sunday, in: .utc) == nil)
    }

    @Test func `a date that has a success, or ended otherwise, is done`() throws {
        var script = RunScript()
        script.state = try daily()
        script.request(.schedule)
        script.settle(.failed(.rejected, detail: ""))
        #expect(script.state[1].scheduledRequest(at: noon, in: .utc) == nil)
        script.succeed()
        #expect(script.state[1].scheduledRequest(at: noon.advanced(seconds: 4000), in: .utc) == nil)
    }

    @Test
    func `a date that found TTD unavailable is tried each hour until an hour before the next`()
        throws
    {
        var script = RunScript()
        script.state = try daily()
        script.request(.schedule)
        script.settle(.failed(.unavailable, detail: ""))
        let instance = script.state[1]
        #expect(instance.scheduledRequest(at: noon.advanced(seconds: 3599), in: .utc) == nil)
        #expect(
            instance.scheduledRequest(at: noon.advanced(seconds: 3600), in: .utc)?.reason == .retry)
        #expect(instance.nextSync(at: noon, in: .utc) == noon.advanced(seconds: 3600))
        var late = script
        late.request(.retry)
        late.settle(.failed(.unavailable, detail: ""), at: due.advanced(seconds: 23 * 3600))
        #expect(
            late.state[1].scheduledRequest(at: due.advanced(seconds: 24 * 3600 - 1), in: .utc)
                == nil)
    }

    @Test func `another token releases a run that was held for the credential`() throws {
        var script = RunScript()
        script.state = try daily()
        script.request(.schedule)
        script.settle(.held(.credential, detail: "", tokenFingerprint: 7))
        let instance = script.state[1]
        #expect(instance.releasedRequest(tokenFingerprint: 7, at: noon, date: monday) == nil)
        #expect(
            instance.releasedRequest(tokenFingerprint: 8, at: noon, date: monday)?.reason
                == .credentialChanged)
    }

    @Test func `a clock that goes backwards does not send a date again`() throws {
        var script = RunScript()
        script.state = try daily()
        script.succeed()
        #expect(
            script.state[1].scheduledRequest(at: noon.advanced(seconds: -3600), in: .utc) == nil)
        #expect(script.state[1].scheduledRequest(at: noon.advanced(seconds: 7200), in: .utc) == nil)
    }
}
