import MusterCore
import NIOCore
import Testing

@testable import musterd

@Suite struct `Notices of refusals` {
    @Test func `are a few a minute, and then say how many were left out`() {
        var notices = Notices()
        let begun = NIODeadline.uptimeNanoseconds(1)
        var taken: [Int] = []
        for _ in 0..<1000 {
            if let leftOut = notices.take(.busy(.user), at: begun) { taken.append(leftOut) }
        }
        #expect(taken == Array(repeating: 0, count: Notices.limit))
        #expect(notices.take(.busy(.user), at: begun + .seconds(59)) == nil)
        #expect(notices.take(.busy(.user), at: begun + .seconds(60)) == 1001 - Notices.limit)
        #expect(notices.take(.busy(.user), at: begun + .seconds(60)) == 0)
    }

    @Test func `of one kind do not keep out those of another`() {
        var notices = Notices()
        let now = NIODeadline.uptimeNanoseconds(1)
        for _ in 0..<1000 { _ = notices.take(.busy(.user), at: now) }
        #expect(notices.take(.busy(.all), at: now) == 0)
        #expect(notices.take(.denied(.command), at: now) == 0)
    }
}
