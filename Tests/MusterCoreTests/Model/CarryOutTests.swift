import Testing

@testable import MusterCore

@Suite struct `A member command that is carried out at once` {
    private func texts(_ random: inout Seeded) -> [String] {
        (0..<Int.random(in: 1...40, using: &random)).map { _ in
            let number = Int.random(in: 0..<60, using: &random)
            return switch Int.random(in: 0..<5, using: &random) {
            case 0: "nonsense"
            case 1: digest(number).hex
            default: "Person\(number)@Example.com"
            }
        }
    }

    /// The instance as it is configured first, of either kind.
    private func start(_ piiType: PIIType) -> State {
        given(
            .instanceConfigured(
                InstanceConfigured(
                    instance: 1, created: acme, change: firstChange(piiType: piiType))))
    }

    @Test(arguments: 0..<40)
    func `comes to what is decided and then applied`(seed: Int) throws {
        var random = Seeded(UInt64(seed))
        var left = start(seed % 2 == 0 ? .email : .hashedEmail)
        var right = left
        for step in 0..<60 {
            let list = list(texts(&random))
            let adding = Bool.random(using: &random)
            let stamp = CommandStamp(id: try #require(CommandID("c\(step)")), check: 7)
            let decision = try right.decide(
                adding ? .addMembers(list) : .removeMembers(list), at: noon, date: monday)
            for fact in decision.facts {
                right.apply(Event(at: noon, actor: .daemon, command: stamp, fact: fact))
            }
            let outcome = try left.carryOut(list, adding: adding, by: .daemon, stamp, at: noon)
            #expect(outcome.event?.fact == decision.facts.first)
            guard case .members(let changed, let unchanged, let rejected) = decision.outcome else {
                Issue.record("another kind of outcome")
                return
            }
            #expect(outcome.changed == changed && outcome.unchanged == unchanged)
            #expect(outcome.rejected == rejected)
            #expect(outcome.members == right[acme].map { UInt64($0.members.count) })
            #expect(outcome.version == right.version(of: acme))
            #expect(StateHash.of(left) == StateHash.of(right))
        }
    }

    @Test func `takes all of an atomic list in, each once`() throws {
        var state = given(configured(), added(1...5))
        let people = list(hashed(4...8) + hashed(8...9), atomic: true)
        let outcome = try state.carryOut(people, adding: true, by: .daemon, nil, at: noon)
        #expect(outcome.changed == 4 && outcome.unchanged == 3 && outcome.members == 9)
    }

    @Test func `changes nothing where it is refused`() throws {
        var state = given(configured(), added(1...5))
        let hash = StateHash.of(state)
        #expect(throws: Rejection.memberInvalid(.notAHash)) {
            try state.carryOut(
                list(["nonsense"], single: true), adding: true, by: .daemon, nil, at: noon)
        }
        let atomic = list(hashed(6...8) + ["nonsense"] + hashed(9...9), atomic: true)
        #expect(throws: Rejection.self) {
            try state.carryOut(atomic, adding: true, by: .daemon, nil, at: noon)
        }
        let leaving = list(hashed(1...2) + ["nonsense"], atomic: true)
        #expect(throws: Rejection.self) {
            try state.carryOut(leaving, adding: false, by: .daemon, nil, at: noon)
        }
        #expect(throws: Rejection.instanceUnknown) {
            try state.carryOut(
                list(hashed(7...7), in: other), adding: true, by: .daemon, nil, at: noon)
        }
        #expect(StateHash.of(state) == hash)
    }
}
