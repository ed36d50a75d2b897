import MusterCore
import Testing

@Suite struct DecideTests {
    @Test func `new members are recorded once and the rest is unchanged`() throws {
        let state = given(configured(), added(1...3))
        let texts = hashed(3...5) + hashed(5...5)
        let decision = try state.decide(.addMembers(list(texts)), at: noon, date: monday)
        #expect(
            decision.facts == [
                .membersAdded(
                    MembersChanged(
                        instance: 1, identities: .digests([digest(4), digest(5)]), unchanged: 2))
            ])
    }

    @Test func `adding what is in, and removing what is out, records nothing`() throws {
        let state = given(configured(), added(1...3))
        let adding = try state.decide(.addMembers(list(hashed(1...3))), at: noon, date: monday)
        let removing = try state.decide(.removeMembers(list(hashed(7...9))), at: noon, date: monday)
        #expect(adding.facts.isEmpty)
        #expect(removing.facts.isEmpty)
    }

    @Test(arguments: 0..<40) func `doing a command twice is doing it once`(seed: Int) throws {
        var state = given(configured())
        var random = Seeded(UInt64(seed))
        for _ in 0..<20 {
            let first = Int.random(in: 1...60, using: &random)
            let texts = hashed(first...first + Int.random(in: 0...9, using: &random))
            let command: Command =
                Bool.random(using: &random)
                ? .addMembers(list(texts)) : .removeMembers(list(texts))
            _ = try state.perform(command)
            let again = try state.decide(command, at: noon, date: monday)
            #expect(again.facts.isEmpty)
        }
    }

    @Test func `a single invalid member is an error and a list reports it`() throws {
        let state = given(configured())
        #expect(throws: Rejection.memberInvalid(.notAHash)) {
            try state.decide(.addMembers(list(["nonsense"], single: true)), at: noon, date: monday)
        }
        let decision = try state.decide(
            .addMembers(list(["nonsense"] + hashed(1...1))), at: noon, date: monday)
        guard case .members(1, 0, let rejected) = decision.outcome else {
            Issue.record("the outcome is \(decision.outcome)")
            return
        }
        #expect(rejected.count == 1)
        #expect(rejected.rows.first?.index == 0)
    }

    @Test func `an atomic list with one invalid member records nothing`() {
        let state = given(configured())
        #expect(throws: Rejection.self) {
            try state.decide(
                .addMembers(list(hashed(1...3) + ["x"], atomic: true)), at: noon, date: monday)
        }
    }

    @Test func `an address audience refuses a hash to add and takes it to remove and to ask`()
        throws
    {
        var state = given(configured(firstChange(piiType: .email)))
        let jane = Digest.sha256(Array("jane@example.com".utf8)).hex
        _ = try state.perform(.addMembers(list(["Jane@Example.com"])))
        #expect(throws: Rejection.memberInvalid(.addressNeeded)) {
            try state.decide(.addMembers(list([jane], single: true)), at: noon, date: monday)
        }
        let removal = try state.perform(.removeMembers(list([jane])))
        #expect(removal.facts.count == 1)
        #expect(state[acme]?.members.count == 0)
    }

    @Test func `reserved test identities are refused except at a loopback endpoint`() throws {
        let production = given(configured(firstChange(endpoint: Endpoint.production.text)))
        #expect(throws: Rejection.memberInvalid(.reserved)) {
            try production.decide(
                .addMembers(list(["optout@example.com"], single: true)), at: noon, date: monday)
        }
        let local = given(configured())
        let decision = try local.decide(
            .addMembers(list(["optout@example.com"])), at: noon, date: monday)
        #expect(decision.facts.count == 1)
    }

    @Test func `an instance nobody configured is unknown`() {
        #expect(throws: Rejection.instanceUnknown) {
            try State().decide(.addMembers(list(hashed(1...1))), at: noon, date: monday)
        }
    }
}

@Suite struct DecideSettingsTests {
    @Test func `the first configuration must name what has no default`() {
        var change = firstChange()
        change.region = nil
        #expect(
            throws: Rejection.paramsInvalid(
                pointer: "/params/region", rule: "is required the first time")
        ) {
            try State().decide(
                .configure(Configuration(instance: acme, change: change)), at: noon, date: monday)
        }
    }

    @Test func `a later configuration records only what differs`() throws {
        let state = given(configured())
        var change = firstChange()
        change.minimumMembers = 11
        let decision = try state.decide(
            .configure(Configuration(instance: acme, change: change)), at: noon, date: monday)
        var difference = SettingsChange()
        difference.minimumMembers = 11
        #expect(
            decision.facts == [
                .instanceConfigured(
                    InstanceConfigured(instance: 1, created: nil, change: difference))
            ])
    }

    @Test func `the thresholds that are not named stay`() throws {
        var state = given(configured())
        var thresholds = ThresholdsChange()
        thresholds.shrinkPercent = 5
        _ = try state.perform(
            .configure(
                Configuration(instance: acme, change: SettingsChange(), thresholds: thresholds)))
        #expect(state[acme]?.settings.thresholds == Thresholds(shrinkPercent: 5))
    }

    @Test func `the kind of identities cannot change once a member is stored`() {
        let state = given(configured(), added(1...1))
        var change = SettingsChange()
        change.piiType = .email
        #expect(throws: Rejection.self) {
            try state.decide(
                .configure(Configuration(instance: acme, change: change)), at: noon, date: monday)
        }
    }

    @Test func `two instances cannot send to one segment, by name or by id`() {
        let state = given(configured())
        #expect(throws: Rejection.segmentTaken(by: acme)) {
            try state.decide(
                .configure(Configuration(instance: other, change: firstChange())), at: noon,
                date: monday)
        }
        var first = firstChange()
        first.externalAudienceId = "tnlsw2x"
        var second = firstChange(name: "Another")
        second.externalAudienceId = "tnlsw2x"
        #expect(throws: Rejection.segmentTaken(by: acme)) {
            try given(configured(first)).decide(
                .configure(Configuration(instance: other, change: second)), at: noon, date: monday)
        }
    }

    @Test func `clearing a value with null is a change`() throws {
        var first = firstChange()
        first.schedule = .some(
            DailySchedule(
                dailyAt: try #require(TimeOfDay("03:00")), timeZone: "UTC"))
        var state = given(configured(first))
        #expect(state[acme]?.settings.schedule != nil)
        var change = SettingsChange()
        change.schedule = .some(nil)
        _ = try state.perform(.configure(Configuration(instance: acme, change: change)))
        #expect(state[acme]?.settings.schedule == nil)
    }
}
