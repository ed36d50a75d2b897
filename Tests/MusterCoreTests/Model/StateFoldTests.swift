import Testing

@testable import MusterCore

/// Two audiences of digests.
private func start() -> State {
    given(
        configured(),
        .instanceConfigured(
            InstanceConfigured(instance: 2, created: other, change: firstChange(name: "Others"))))
}

private func event(_ fact: Fact, command: Int? = nil) -> Event {
    Event(
        at: noon, actor: .daemon,
        command: command.flatMap { CommandID("c\($0)") }.map { CommandStamp(id: $0, check: 3) },
        fact: fact)
}

private func adds(_ numbers: some Sequence<Int>, to instance: InstanceNumber) -> Fact {
    .membersAdded(
        MembersChanged(
            instance: instance, identities: .digests(numbers.map(digest)), unchanged: 1))
}

private func removes(_ numbers: some Sequence<Int>, from instance: InstanceNumber) -> Fact {
    .membersRemoved(
        MembersChanged(
            instance: instance, identities: .digests(numbers.map(digest)), unchanged: 0))
}

@Suite struct `A fold of many events` {
    /// With the second half before the first, which must not matter.
    private func folded(
        _ events: [Event], from state: State, limit: Int, least: Int = 0
    ) -> State {
        var fold = StateFold(state, limit: limit, least: least) { first, second in
            second()
            first()
        }
        for event in events { fold.apply(event) }
        return fold.finish()
    }

    private func applied(_ events: [Event], to state: State) -> State {
        var state = state
        for event in events { state.apply(event) }
        return state
    }

    @Test(arguments: 0..<20, [1, 10, 100, 10_000])
    func `comes to what the events one by one come to`(seed: Int, limit: Int) {
        var source = StateSource(seed: UInt64(seed))
        let events = source.go(300)
        let state = folded(events, from: State(), limit: limit)
        #expect(StateHash.of(state) == StateHash.of(source.state))
        #expect(state.position == source.state.position)
    }

    @Test(arguments: 0..<6, [0, 1500, 10_000])
    func `of many people in several audiences tells the same receipts`(
        seed: Int, least: Int
    ) throws {
        var random = Seeded(UInt64(seed))
        // People are named again too, as in no log of ours, and some leave between.
        let events = (0..<400).map { step in
            let instance = InstanceNumber.random(in: 1...2, using: &random)
            let first = Int.random(in: 0..<20_000, using: &random)
            let people = first..<first + Int.random(in: 1...100, using: &random)
            return step % 97 == 96
                ? event(removes(people, from: instance), command: step)
                : event(adds(people, to: instance), command: step)
        }
        let state = folded(events, from: start(), limit: 3000, least: least)
        let expected = applied(events, to: start())
        #expect(StateHash.of(state) == StateHash.of(expected))
        for step in 0..<400 {
            let id = try #require(CommandID("c\(step)"))
            #expect(state.receipts[id] == expected.receipts[id])
        }
    }

    @Test func `takes in the one at whom the halves part`() throws {
        var state = applied([event(adds(0..<10_000, to: 1))], to: start())
        var members = state[1].members
        let middle = members.takeHalves().middle
        let number = try #require((0..<10_000).first { digest($0) == middle })
        state.apply(event(removes([number], from: 1)))
        #expect(state[1].members.count == 9999)
        #expect(
            folded([event(adds([number], to: 1))], from: state, limit: 1)[1].members.count == 10_000
        )
    }

    @Test func `goes on behind a finish`() {
        var fold = StateFold(start(), limit: 1000) {
            $0(); $1()
        }
        fold.apply(event(adds(0..<10, to: 1)))
        let first = fold.finish()
        fold.apply(event(adds(10..<20, to: 1)))
        let second = fold.finish()
        #expect(first[1].members.count == 10)
        #expect(second[1].members.count == 20)
    }

    @Test func `counts an event that names an instance which was never configured`() {
        let events = [event(adds(0..<10, to: 9)), event(adds(0..<10, to: 0))]
        #expect(folded(events, from: start(), limit: 5).position == start().position + 2)
    }
}

@Suite struct `People taken in many at once` {
    @Test(
        arguments: Choice.allCases,
        [(0, 1), (0, 30_000), (1, 40), (5000, 40), (5000, 3000), (40_000, 40), (40_000, 30_000)])
    func `are those taken in one by one`(choice: Choice, sizes: (before: Int, many: Int)) {
        let (before, many) = sizes
        var members = Membership(keepsAddresses: false)
        for number in 0..<before { _ = members.insert(choice.digest(number)) }
        var expected = members
        // Some are in already, and each is named twice.
        let people = (before - before / 2..<before + many).flatMap { [$0, $0] }
            .map(choice.digest).sorted()
        var marks: Set<UInt32> = []
        let marked = people.enumerated().map { MarkedDigest($1, mark: UInt32($0)) }
        members.insert(marked.span) { marks.insert($0) }
        let came = people.indices.filter { expected.insert(people[$0]) }
        #expect(marks == Set(came.map(UInt32.init)))
        #expect(members.count == expected.count)
        #expect(inOrder(members) == inOrder(expected))
        #expect(people.allSatisfy { members.contains($0) })
        // What comes later finds its place.
        let later = (100_000..<100_100).map(choice.digest).filter { members.insert($0) }
        #expect(later.count == 100)
        let left = inOrder(expected).count { members.remove($0) }
        #expect(left == expected.count && members.count == 100)
    }

    @Test func `the digest of erased people is nobody`() {
        var members = Membership(keepsAddresses: false)
        let people = [MarkedDigest(.zero, mark: 0), MarkedDigest(digest(1), mark: 1)]
        var marks: [UInt32] = []
        members.insert(people.span) { marks.append($0) }
        #expect(marks == [1] && members.count == 1)
    }

    @Test(arguments: Choice.allCases, [0, 1, 600, 50_000])
    func `are all there when halves were taken and joined`(choice: Choice, count: Int) {
        var members = Membership(keepsAddresses: false)
        for number in 0..<count { _ = members.insert(choice.digest(number)) }
        let all = inOrder(members)
        let (first, middle, second) = members.takeHalves()
        #expect(members.count == 0)
        #expect(inOrder(first).allSatisfy { $0 < middle })
        #expect(inOrder(second).allSatisfy { $0 >= middle })
        members.join(first, second)
        #expect(inOrder(members) == all && members.count == count)
        let came = members.insert(digest(1_000_000))
        #expect(came && members.contains(digest(1_000_000)))
    }
}
