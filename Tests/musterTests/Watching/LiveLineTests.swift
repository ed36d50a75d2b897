import Testing

@testable import muster

@Suite struct LiveLineTests {
    private static let start = ContinuousClock().now

    /// Which of these milliseconds, looked at in order, are told.
    private static func told(_ milliseconds: [Int], by pace: Pace) -> [Int] {
        var pace = pace
        return milliseconds.filter { pace.isDue(start + .milliseconds($0)) }
    }

    @Test func `short work is not told, and long work at intervals`() {
        let pace = Pace(from: Self.start, after: .seconds(1), every: .milliseconds(200))
        #expect(
            Self.told([0, 999, 1000, 1001, 1199, 1200, 5000, 5100, 5200], by: pace)
                == [1000, 1200, 5000, 5200])
    }

    @Test func `without patience the first is told`() {
        let pace = Pace(from: Self.start, after: .zero, every: .milliseconds(100))
        #expect(Self.told([0, 99, 100], by: pace) == [0, 100])
    }

    @Test func `what matters is told at once, and puts off the next`() {
        var pace = Pace(from: Self.start, after: .zero, every: .milliseconds(100))
        let told = [(0, false), (10, true), (105, false), (110, false)].map { time, matters in
            pace.isDue(Self.start + .milliseconds(time), matters: matters)
        }
        #expect(told == [true, true, false, true])
    }

    @Test func `of frequent calls few look at the clock`() {
        var pace = Pace(from: Self.start, after: .zero, every: .zero, stride: 100)
        var looks = 0
        func now() -> ContinuousClock.Instant {
            looks += 1
            return Self.start
        }
        let told = (0..<1000).count { _ in pace.isDue(now()) }
        #expect(looks == 10 && told == 10)
    }
}
