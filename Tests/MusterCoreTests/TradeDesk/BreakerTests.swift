import MusterCore
import Testing

@Suite struct BreakerTests {
    private func failed(_ times: Int) -> Breaker {
        var breaker = Breaker()
        for _ in 0..<times { breaker.failed(at: noon) }
        return breaker
    }

    @Test(arguments: [(4, nil), (5, Duration.seconds(30)), (9, .seconds(30))])
    func `five failures in a row open it for half a minute`(times: Int, left: Duration?) {
        var breaker = failed(times)
        #expect(breaker.timeLeft(at: noon) == left)
        #expect(breaker.admit(at: noon) == left.map { .refused($0) } ?? .go)
    }

    @Test func `a success between them begins the count again`() {
        var breaker = failed(4)
        breaker.succeeded()
        for _ in 0..<4 { breaker.failed(at: noon) }
        #expect(breaker.admit(at: noon) == .go)
    }

    @Test func `after its time one call goes, and the others wait for what it meets`() {
        var breaker = failed(5)
        #expect(breaker.admit(at: noon.advanced(seconds: 29)) == .refused(.seconds(1)))
        #expect(breaker.admit(at: noon.advanced(seconds: 30)) == .go)
        #expect(breaker.admit(at: noon.advanced(seconds: 30)) == .probeIsOut)
        breaker.succeeded()
        #expect(breaker.admit(at: noon.advanced(seconds: 30)) == .go)
        #expect(breaker.admit(at: noon.advanced(seconds: 30)) == .go)
    }

    @Test func `each probe that fails doubles its time, up to ten minutes`() {
        var breaker = failed(5)
        var now = noon
        var waits: [Duration] = []
        for _ in 0..<7 {
            now = now.advanced(seconds: 600)
            #expect(breaker.admit(at: now) == .go)
            breaker.failed(at: now)
            waits += [breaker.timeLeft(at: now)].compactMap { $0 }
        }
        #expect(waits == [60, 120, 240, 480, 600, 600, 600].map { .seconds($0) })
    }

    @Test func `a probe that was given up lets another go at once`() {
        var breaker = failed(5)
        #expect(breaker.admit(at: noon.advanced(seconds: 30)) == .go)
        breaker.abandoned()
        #expect(breaker.admit(at: noon.advanced(seconds: 31)) == .go)
    }

    @Test func `a clock that is set back does not keep it open`() {
        var breaker = failed(5)
        #expect(breaker.admit(at: noon.advanced(seconds: -86_400)) == .go)
    }
}
