import MusterCore
import Testing

@Suite struct `Giving up an audience` {
    private func retiring(_ count: UInt64) -> Command {
        .retire(Retirement(instance: acme, expectedCount: count))
    }

    @Test func `takes everybody out, disables it and is one event of counts`() throws {
        var state = given(configured(), added(1...30))
        let decision = try state.perform(retiring(30))
        #expect(decision.facts == [.instanceRetired(InstanceRetired(instance: 1, count: 30))])
        #expect(state[acme]?.members.count == 0)
        #expect(state[acme]?.settings.enabled == false)
        #expect(state[acme]?.version == 3)
    }

    @Test(arguments: [29, 31] as [UInt64])
    func `of another size is refused with the size it has`(count: UInt64) {
        let state = given(configured(), added(1...30))
        #expect(throws: Rejection.instanceCountChanged(expected: count, actual: 30)) {
            try state.decide(retiring(count), at: noon, date: monday)
        }
    }

    @Test func `is refused while a run is under way`() {
        let requested = SyncRequested(instance: 1, date: monday, reason: .manual)
        let state = given(configured(), added(1...30), .syncRequested(requested))
        #expect(throws: Rejection.syncRunning(3)) {
            try state.decide(retiring(30), at: noon, date: monday)
        }
    }

    @Test func `twice records nothing more, and people may come again`() throws {
        var state = given(configured(), added(1...3))
        _ = try state.perform(retiring(3))
        #expect(try state.decide(retiring(0), at: noon, date: monday).facts.isEmpty)
        _ = try state.perform(.addMembers(list(hashed(2...2))))
        #expect(state[acme]?.members.count == 1)
    }
}
