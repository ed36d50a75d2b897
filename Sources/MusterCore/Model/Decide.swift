/// What a command leads to: the facts to record, in order, and what its sender is told.
package struct Decision: Sendable {
    package var facts: [Fact]
    package var outcome: Outcome

    /// What the sender is told beside the facts.
    package enum Outcome: Sendable {
        case members(changed: UInt32, unchanged: UInt32, rejected: RejectedMembers)
        case configured(created: Bool, change: SettingsChange)
        case requested
        case retired(count: UInt64)
    }
}

extension State {
    /// The most instances of one daemon.
    package static let instanceLimit = 1000

    /// Decides a command against this state; nothing is changed, and a refusal leaves nothing
    /// behind.
    ///
    /// - Parameters:
    ///   - date: the calendar date of `now` in the instance's zone, which few commands ask for.
    ///   - key: of the people who are kept out; nil where there are none.
    package func decide(
        _ command: Command, at now: Timestamp, date: @autoclosure () -> CalendarDate,
        key: SuppressionKey? = nil
    ) throws(Rejection) -> Decision {
        switch command {
        case .addMembers(let list): try decide(list, adding: true, key)
        case .removeMembers(let list): try decide(list, adding: false, key)
        case .configure(let configuration): try decide(configuration)
        case .syncNow(let order): try decide(order, at: now, date: date())
        case .retire(let retirement): try decide(retirement)
        }
    }

    /// The instance of this name, or the refusal that there is none.
    package func known(_ id: InstanceID) throws(Rejection) -> InstanceState {
        guard let instance = self[id] else { throw .instanceUnknown }
        return instance
    }

    private func decide(_ retirement: Retirement) throws(Rejection) -> Decision {
        let instance = try known(retirement.instance)
        // A run under way rebuilds its list from the log, and would send it all the same.
        if let run = instance.activeRun { throw .syncRunning(run.id) }
        let count = UInt64(instance.members.count)
        guard count == retirement.expectedCount else {
            throw .instanceCountChanged(expected: retirement.expectedCount, actual: count)
        }
        let outcome = Decision.Outcome.retired(count: count)
        guard count > 0 || instance.settings.enabled else {
            return Decision(facts: [], outcome: outcome)
        }
        let retired = InstanceRetired(instance: instance.number, count: count)
        return Decision(facts: [.instanceRetired(retired)], outcome: outcome)
    }
}
