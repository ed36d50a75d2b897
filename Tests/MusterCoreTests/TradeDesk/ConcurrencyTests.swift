import MusterCore
import Testing

@Suite struct ConcurrencyTests {
    @Test func `four calls may be under way, and a fifth when one has ended`() {
        var calls = Concurrency()
        #expect((1...5).map { _ in calls.begin() } == [true, true, true, true, false])
        calls.end()
        #expect(calls.begin() == true)
        #expect(calls.begin() == false)
    }

    @Test(arguments: [(0, 4), (1, 2), (2, 1), (3, 1)])
    func `each 429 halves the ceiling, down to one`(times: Int, ceiling: Int) {
        var calls = Concurrency()
        for _ in 0..<times { calls.wasThrottled() }
        #expect(calls.ceiling == ceiling)
    }

    @Test(arguments: [(0, 1), (1, 2), (2, 2), (3, 3), (5, 3), (6, 4), (100, 4)])
    func `after as many successes as the ceiling it rises by one, up to four`(
        successes: Int, ceiling: Int
    ) {
        var calls = Concurrency()
        calls.wasThrottled()
        calls.wasThrottled()
        for _ in 0..<successes { calls.succeeded() }
        #expect(calls.ceiling == ceiling)
    }

    @Test func `a lower ceiling waits for the calls that are under way`() {
        var calls = Concurrency()
        _ = (1...4).map { _ in calls.begin() }
        calls.end()
        calls.wasThrottled()
        #expect(calls.begin() == false)
        calls.end()
        #expect(calls.begin() == false)
        calls.end()
        #expect(calls.begin() == true)
    }
}
