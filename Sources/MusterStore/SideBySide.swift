import Dispatch
package import MusterCore
import Synchronization

/// Does two things on two threads, where there are processors for both, and gives what both gave;
/// what the first threw comes before what the second threw.
func sideBySide<First: Sendable, Second: Sendable, Fault: Error>(
    _ first: @Sendable () throws(Fault) -> First, _ second: @Sendable () throws(Fault) -> Second
) throws(Fault) -> (First, Second) {
    let one = Mutex<Result<First, Fault>?>(nil)
    let other = Mutex<Result<Second, Fault>?>(nil)
    DispatchQueue.concurrentPerform(iterations: 2) { index in
        if index == 0 {
            let result = Result(catching: first)
            one.withLock { $0 = result }
        } else {
            let result = Result(catching: second)
            other.withLock { $0 = result }
        }
    }
    guard let first = one.withLock({ $0 }), let second = other.withLock({ $0 }) else {
        preconditionFailure("each of two iterations is done")
    }
    return (try first.get(), try second.get())
}

extension StateFold {
    /// A fold that goes on from `state` and takes people in on two threads.
    package init(onTwoThreads state: State) {
        self.init(state) { first, second in
            DispatchQueue.concurrentPerform(iterations: 2) { $0 == 0 ? first() : second() }
        }
    }
}
