extension State {
    /// How long after an upload another needs `again`.
    package static let uploadInterval: Int64 = 3600

    func decide(_ order: SyncOrder, at now: Timestamp, date: CalendarDate) throws(Rejection)
        -> Decision
    {
        let instance = try known(order.instance)
        if let run = instance.activeRun { throw .syncRunning(run.id) }
        if let approval = order.approval {
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
        guard permits(approval, count: UInt64(members.count)) else {
            throw .syncCountChanged(expected: approval.count, actual: UInt64(members.count))
        }
    }

    /// Whether a list of `count` members is no further from the last success than the approved one;
    /// where nothing was sent yet, whether it is no smaller.
    package func permits(_ approval: Approval, count: UInt64) -> Bool {
        guard let sent = lastSuccess?.frozen?.count else { return count >= approval.count }
        func distance(_ size: UInt64) -> UInt64 { size > sent ? size - sent : sent - size }
        return distance(count) <= distance(approval.count)
    }
}

extension HoldReason {
    /// Whether a person's approval can lift it; the others need a change in the world.
    package var isApprovable: Bool {
        switch self {
        case .shrink, .growth, .firstReplace: true
        case .duplicateSegment, .credential, .tooLarge: false
        }
    }
}
