/// How many calls may be under way to one endpoint: TTD advises four callers at most, and one that
/// throttles is asked by half as many.
///
/// Each 429 halves the ceiling; after as many successes as the ceiling it rises by one.
package struct Concurrency: Hashable, Sendable {
    /// The ceiling of an endpoint that does not throttle.
    package static let most = 4

    package private(set) var ceiling = most
    package private(set) var inFlight = 0
    private var successes = 0

    package init() {}

    /// Whether another call has to wait.
    package var isFull: Bool { inFlight >= ceiling }

    /// Takes a place, if one is free.
    package mutating func begin() -> Bool {
        guard !isFull else { return false }
        inFlight += 1
        return true
    }

    /// Gives the place back.
    package mutating func end() {
        inFlight -= 1
    }

    /// A call was answered with 429.
    package mutating func wasThrottled() {
        ceiling = max(1, ceiling / 2)
        successes = 0
    }

    /// A call was carried out.
    package mutating func succeeded() {
        guard ceiling < Self.most else { return }
        successes += 1
        guard successes >= ceiling else { return }
        ceiling += 1
        successes = 0
    }
}
