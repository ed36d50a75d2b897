/// How long to wait before a step that failed is tried again: exponential, with full jitter.
package enum Backoff {
    /// A step is tried at most so often.
    package static let tries = 8

    private static let firstCeiling: UInt64 = 1_000
    private static let lastCeiling: UInt64 = 300_000

    /// A wait between 0 and the lesser of 300 s and 2^`attempt` s, picked evenly by `random`.
    ///
    /// `attempt` is the number of tries that failed before the one that just did: 0 at first.
    package static func delay(attempt: Int, random: UInt64) -> Duration {
        let doublings = min(max(attempt, 0), 16)
        let ceiling = min(lastCeiling, firstCeiling << doublings)
        let picked = random.multipliedFullWidth(by: ceiling + 1).high
        return .milliseconds(Int64(picked))
    }
}
