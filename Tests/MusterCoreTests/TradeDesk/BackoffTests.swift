import MusterCore
import Testing

@Suite struct BackoffTests {
    @Test(arguments: [
        (-1, 1), (0, 1), (1, 2), (7, 128), (8, 256), (9, 300), (16, 300), (Int.max, 300),
    ])
    func `the longest wait doubles up to five minutes`(attempt: Int, seconds: Int) {
        #expect(Backoff.delay(attempt: attempt, random: .max) == .seconds(seconds))
    }

    @Test(arguments: [0, 5, 20])
    func `the shortest wait is none`(attempt: Int) {
        #expect(Backoff.delay(attempt: attempt, random: 0) == .zero)
    }

    @Test func `waits are spread evenly`() {
        #expect(Backoff.delay(attempt: 3, random: 1 << 63) == .milliseconds(4000))
        #expect(Backoff.delay(attempt: 3, random: 1 << 62) == .milliseconds(2000))
    }
}
