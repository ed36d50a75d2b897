import Synchronization

/// Whether anybody waits for what is computed beside the loop, for those who compute it to ask.
final class Interest: Sendable {
    private let lost = Atomic(false)

    /// Whether nobody waits any more: the client has gone, or the daemon stops.
    var isLost: Bool { lost.load(ordering: .relaxed) }

    func lose() { lost.store(true, ordering: .relaxed) }
}
