import Dispatch
import MusterCore
import MusterStore
import Synchronization

/// A snapshot that is being written on a thread beside the engine, which asks for what came of it in
/// its own time and, when the daemon stops, waits for that.
final class SnapshotWriting: Sendable {
    typealias Outcome = Result<[SnapshotFault], LogError>

    let header: SnapshotHeader
    private let outcome = Mutex<Outcome?>(nil)
    private let isUnderWay = DispatchGroup()

    init(_ header: SnapshotHeader) {
        self.header = header
        isUnderWay.enter()
    }

    /// Ends the writing; called once, on its thread.
    func end(_ outcome: Outcome) {
        self.outcome.withLock { $0 = outcome }
        isUnderWay.leave()
    }

    /// What came of it, given once; nil where it was given already.
    func takeOutcome() -> Outcome? { outcome.withLock { $0.take() } }

    /// Waits until it has ended.
    func wait() { isUnderWay.wait() }
}
