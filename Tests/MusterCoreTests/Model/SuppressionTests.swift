import MusterCore
import Testing

@Suite struct SuppressionTests {
    private static let openssl = "abf0195cf7a503e61897b7bb6f36beb7713f7bbf6a6c68ad4b5059da47670135"

    private let key = SuppressionKey([UInt8](repeating: 0x0b, count: 32))

    @Test func `a mark is the HMAC-SHA-256 of the digest`() throws {
        // head -c 32 /dev/zero | openssl dgst -sha256 -mac HMAC -macopt hexkey:0b0b… (32 times)
        let mark = try #require(key).mark(of: .zero)
        #expect(mark.hex == Self.openssl)
    }

    @Test(arguments: [0, 31, 33]) func `a key has 32 bytes`(count: Int) {
        #expect(SuppressionKey([UInt8](repeating: 1, count: count)) == nil)
    }

    private func state(_ facts: Fact...) throws -> State {
        var change = SettingsChange()
        change.advertiserId = "adv"
        change.region = .us
        change.piiType = .hashedEmail
        var state = State()
        for (number, name) in [(1, "one"), (2, "two")] as [(InstanceNumber, String)] {
            change.audienceName = name
            state.apply(
                Event(
                    at: Timestamp(milliseconds: 0), actor: .daemon,
                    fact: .instanceConfigured(
                        InstanceConfigured(
                            instance: number, created: InstanceID(name), change: change))))
        }
        for fact in facts {
            state.apply(Event(at: Timestamp(milliseconds: 0), actor: .daemon, fact: fact))
        }
        return state
    }

    private func changed(
        _ person: String, in instance: InstanceNumber?, isLifted: Bool = false
    ) throws -> Fact {
        let mark = try #require(key).mark(of: Digest.sha256(person.utf8))
        return .suppressionChanged(
            SuppressionChanged(
                isLifted: isLifted, people: [Suppression(instance: instance, mark: mark)]))
    }

    /// Which of `people` the audience takes.
    private func taken(_ state: State, _ people: [String], in name: String) throws -> [Bool] {
        let list = MemberList(
            instance: try #require(InstanceID(name)),
            members: members(people), isSingle: false, isAtomic: false)
        let rows = try state.rejected(of: list, adding: true, key: key).rows
        #expect(rows.allSatisfy { $0.reason == .suppressed })
        return people.indices.map { index in !rows.contains { $0.index == index } }
    }

    private let people = ["jane@example.com", "john@example.com"]

    @Test func `nobody is kept out at first`() throws {
        #expect(try taken(state(), people, in: "one") == [true, true])
    }

    @Test func `somebody is kept out of one audience`() throws {
        let state = try state(changed(people[0], in: 1))
        #expect(try taken(state, people, in: "one") == [false, true])
        #expect(try taken(state, people, in: "two") == [true, true])
    }

    @Test func `or of all, until that is lifted`() throws {
        let state = try state(changed(people[1], in: nil))
        #expect(try taken(state, people, in: "one") == [true, false])
        #expect(try taken(state, people, in: "two") == [true, false])
        let lifted = try self.state(
            changed(people[1], in: nil), changed(people[1], in: nil, isLifted: true))
        #expect(try taken(lifted, people, in: "two") == [true, true])
    }

    @Test func `whoever is kept out can be removed`() throws {
        let state = try state(changed(people[0], in: nil))
        let list = MemberList(
            instance: try #require(InstanceID("one")),
            members: members([people[0]]), isSingle: true, isAtomic: false)
        #expect(try state.rejected(of: list, adding: false, key: key).count == 0)
    }

    @Test func `the hash of the state tells who is kept out`() throws {
        let (one, two) = (
            try state(changed(people[0], in: 1)), try state(changed(people[0], in: 2))
        )
        #expect(StateHash.of(one) != StateHash.of(two))
        let order = try state(changed(people[0], in: 1), changed(people[1], in: 1))
        let other = try state(changed(people[1], in: 1), changed(people[0], in: 1))
        #expect(StateHash.of(order) == StateHash.of(other))
    }
}
