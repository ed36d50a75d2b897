import MusterCore
import Testing

@Suite struct StateTests {
    @Test(arguments: 0..<30) func `the same events give the same hash, and one more gives another`(
        seed: Int
    )
        throws
    {
        var random = Seeded(UInt64(seed))
        var left = given(configured())
        var right = left
        for step in 0..<30 {
            let first = Int.random(in: 1...200, using: &random)
            let fact = added(first...first + 5)
            left.take([fact])
            #expect(StateHash.of(left) != StateHash.of(right), "step \(step)")
            right.take([fact])
            #expect(StateHash.of(left) == StateHash.of(right))
        }
    }

    @Test func `a copy keeps what it was while the original goes on`() {
        var state = given(configured(), added(1...100))
        let before = state
        let hash = StateHash.of(before)
        state.take([added(101...200)])
        #expect(before[acme]?.members.count == 100)
        #expect(StateHash.of(before) == hash)
    }

    @Test func `the version counts the commands that changed the instance`() throws {
        var state = given(configured())
        _ = try state.perform(.addMembers(list(hashed(1...3))))
        _ = try state.perform(.addMembers(list(hashed(1...3))))
        _ = try state.perform(.removeMembers(list(hashed(2...2))))
        #expect(state[acme]?.version == 3)
        #expect(state.position == 3)
    }

    @Test func `a remembered command keeps the answer of its first time`() throws {
        let stamp = CommandStamp(id: try #require(CommandID("job:1")), check: 7)
        var state = given(configured())
        _ = try state.perform(.addMembers(list(hashed(1...3) + ["x"])), stamp: stamp)
        _ = try state.perform(.addMembers(list(hashed(4...9))))
        let receipt = try #require(state.receipts[stamp.id])
        #expect(receipt.position == 2)
        #expect(receipt.changed == 3)
        #expect(receipt.members == 3)
        #expect(receipt.version == 2)
    }

    @Test func `the last thousand runs of an instance are remembered`() {
        var state = given(configured())
        for _ in 0..<1001 {
            let run = state.position + 1
            state.take([
                .syncRequested(SyncRequested(instance: 1, date: monday, reason: .manual)),
                .syncSkipped(run: run, reason: .empty, remoteStale: false),
            ])
        }
        #expect(state[acme]?.runs.count == 1000)
        #expect(state.run(2) == nil)
        #expect(state.run(4) != nil)
    }
}
