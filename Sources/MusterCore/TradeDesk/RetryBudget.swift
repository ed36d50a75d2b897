/// How many calls to a host may be made again: one for ten that the host answered, and a reserve,
/// so that a host that fails every now and then is not asked many times as often as a well one
/// (AWS Well-Architected REL05-BP03).
package struct RetryBudget: Hashable, Sendable {
    /// So many calls may be made again at first, enough for one run that fails at every step.
    package static let reserve = 32
    /// So many answered calls earn one more.
    package static let callsPerRetry = 10

    private var tenths = reserve * callsPerRetry

    package init() {}

    /// A call was answered; the budget never grows over its reserve.
    package mutating func answered() {
        tenths = min(tenths + 1, Self.reserve * Self.callsPerRetry)
    }

    /// Takes one call that is made again, if there is one left.
    package mutating func spend() -> Bool {
        guard tenths >= Self.callsPerRetry else { return false }
        tenths -= Self.callsPerRetry
        return true
    }
}
