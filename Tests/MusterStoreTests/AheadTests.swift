import Dispatch
import MusterCore
import Synchronization
import Testing

@testable import MusterStore

@Suite struct `What is made ahead` {
    @Test func `is there for whoever asks, again and again`() throws {
        let ahead = Ahead { () throws(LogError) in 7 }
        #expect(try ahead.value() == 7)
        #expect(try ahead.value() == 7)
    }

    @Test func `is made once, however many ask at once`() {
        let times = Atomic(0)
        let ahead = Ahead { () throws(LogError) in times.add(1, ordering: .relaxed).newValue }
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            #expect(throws: Never.self) { try ahead.value() }
        }
        #expect(times.load(ordering: .relaxed) == 1)
    }

    @Test func `fails for each who asks`() {
        let ahead = Ahead { () throws(LogError) -> Int in throw .listDiffers(5) }
        for _ in 0..<2 {
            #expect(logError { () throws(LogError) in _ = try ahead.value() } == .listDiffers(5))
        }
    }

    @Test func `is made by whoever asks where no thread is free`() throws {
        let ahead = Ahead(aside: { _ in }) { () throws(LogError) in 7 }
        #expect(try ahead.value() == 7)
    }
}
