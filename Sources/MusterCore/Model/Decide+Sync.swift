extension State {
    /// How long after an upload another needs `again`.
    package static let uploadInterval: Int64 = 3600

    func decide(_ order: SyncOrder, at now: Timestamp, date: CalendarDate) throws(Rejection)
        -> Decision
    {
        let instance = try known(order.instance)
        if let run = instance.activeRun { throw .syncRunning(run.id) }
        if let approval = order.approval {
            guard run(approval.heldRun) != nil else { throw .runUnknown }
            try instance.check(approval)
        }
        if !order.again, let uploadedAt = instance.lastUploadAt {
            let left = Self.uploadInterval - now.seconds(since: uploadedAt)
            if left > 0, left <= Self.uploadInterval { throw .syncTooSoon(secondsLeft: left) }
        }
        let requested = SyncRequested(
            instance: instance.number, date: date,
            reason: order.approval == nil ? .manual : .approval, approval: order.approval)
        return Decision(facts: [.syncRequested(requested)], outcome: .requested)
    }
}

extension InstanceState {
    /// Refuses an approval that names another run than the last, a run not held for a guard, or
    /// another list.
    fileprivate func check(_ approval: Approval) throws(Rejection) {
        guard let held = lastEnded, held.id == approval.heldRun, let hold = held.hold,
            hold.reason.isApprovable, let frozen = held.frozen
        else { throw .syncNotHeld(approval.heldRun) }
        guard frozen.count == approval.count else {
            throw .syncCountChanged(expected: approval.count, actual: frozen.count)
        }
        guard permits(hold.reason, approved: frozen, count: UInt64(members.count), removed: 0)
        else {
            throw .syncCountChanged(expected: approval.count, actual: UInt64(members.count))
        }
    }

    /// Whether a list is no further from the last success than the approved one: it lacks no more
    /// of the people that were sent, or has grown no more; where nothing was sent yet, it is no
    /// smaller.
    package func permits(
        _ reason: HoldReason, approved: SyncFrozen, count: UInt64, removed: UInt64
    ) -> Bool {
        switch reason {
        case .shrink, .restored: count >= approved.count && removed <= approved.removed
        case .growth: count <= approved.count && removed <= approved.removed
        case .firstReplace: count >= approved.count
        case .duplicateSegment, .credential, .tooLarge: false
        }
    }
}

extension HoldReason {
    /// Whether a person's approval can lift it; the others need a change in the world.
    package var isApprovable: Bool {
        switch self {
        case .shrink, .growth, .firstReplace, .restored: true
        case .duplicateSegment, .credential, .tooLarge: false
        }
    }
}
