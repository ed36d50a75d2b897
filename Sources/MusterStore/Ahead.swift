import Dispatch
import Synchronization

/// What another thread makes while whoever will want it goes on; where none has begun, whoever asks
/// makes it.
package final class Ahead<Value: Sendable, Fault: Error>: Sendable {
    private enum State: Sendable {
        case waiting(@Sendable () throws(Fault) -> Value)
        case begun
        case done(Result<Value, Fault>)
    }

    private let state: Mutex<State>
    private let isDone = DispatchSemaphore(value: 0)

    /// Begins it; `aside` has work done on another thread, or never.
    package init(
        aside: (@escaping @Sendable () -> Void) -> Void = {
            DispatchQueue.global().async(execute: $0)
        }, _ make: @escaping @Sendable () throws(Fault) -> Value
    ) {
        state = Mutex(.waiting(make))
        aside { self.make() }
    }

    /// Gives it when it is made, to whoever asks again too.
    package func value() throws(Fault) -> Value {
        make()
        isDone.wait()
        isDone.signal()
        guard case .done(let result) = state.withLock({ $0 }) else {
            preconditionFailure("it is said to be done before it is")
        }
        return try result.get()
    }

    /// Makes it where nobody has begun to.
    private func make() {
        let make = state.withLock { state -> (@Sendable () throws(Fault) -> Value)? in
            guard case .waiting(let make) = state else { return nil }
            state = .begun
            return make
        }
        guard let make else { return }
        let result = Result(catching: make)
        state.withLock { $0 = .done(result) }
        isDone.signal()
    }
}
