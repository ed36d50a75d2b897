import Dispatch
package import MusterCore

extension StateFold {
    /// A fold that goes on from `state` and takes people in on two threads.
    package init(onTwoThreads state: State) {
        self.init(state) { first, second in
            DispatchQueue.concurrentPerform(iterations: 2) { $0 == 0 ? first() : second() }
        }
    }
}
