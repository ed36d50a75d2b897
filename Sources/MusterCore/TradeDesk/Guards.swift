/// What keeps a list from being sent: TTD replaces the whole audience, so a wrong list empties a
/// live campaign.
package enum GuardStop: Hashable, Sendable {
    /// Nothing is sent on this date; `remoteStale` tells that an older list is still at TTD.
    case skip(SkipReason, remoteStale: Bool)
    /// A person has to look, or the world has to change.
    case hold(HoldReason, detail: String)
}

extension State {
    /// The most bytes of one upload: one PUT to TTD's storage takes no more (AWS's rule for a
    /// single PUT).
    package static let uploadLimit: UInt64 = 5_000_000_000

    /// The guard that stops this list, with the run's approval taken into account.
    package func stop(of frozen: SyncFrozen, in run: Run) -> GuardStop? {
        stop(of: frozen, instance: self[run.instance], approval: run.approval)
    }

    /// The guard that stops this list, if any.
    package func stop(of frozen: SyncFrozen, instance: InstanceState, approval: Approval?)
        -> GuardStop?
    {
        if let stop = instance.unconditionalStop(of: frozen) { return stop }
        if let endpoint = instance.segmentEndpoint, endpoint != frozen.target.endpoint {
            return .hold(
                .credential, detail: "the credential names another endpoint than the segment's")
        }
        var settings = instance.settings
        settings.endpoint = frozen.target.endpoint
        let crmDataId = instance.segment?.crmDataId ?? settings.externalAudienceId
        if let other = holder(of: settings, crmDataId: crmDataId, other: instance.number) {
            return .hold(.duplicateSegment, detail: "the instance \(other.id.text) sends to it")
        }
        let lifted = liftedReason(of: approval, for: frozen, instance: instance)
        if instance.restoredAt != nil {
            // In place of the guards below: how the list differs from one that may not be the last
            // says nothing, and one approval must be enough.
            return lifted == .restored ? nil : .hold(.restored, detail: "")
        }
        if let reason = instance.changeStop(of: frozen), reason != lifted {
            return .hold(reason, detail: "")
        }
        guard let segment = instance.segment else { return nil }
        return instance.isFirstReplace(onto: segment) && lifted != .firstReplace
            ? .hold(.firstReplace, detail: "") : nil
    }

    func firstReplace(onto segment: Segment, frozen: SyncFrozen, in run: Run) -> GuardStop? {
        let instance = self[run.instance]
        let lifted = liftedReason(of: run.approval, for: frozen, instance: instance)
        return instance.isFirstReplace(onto: segment) && lifted != .firstReplace
            ? .hold(.firstReplace, detail: "") : nil
    }

    /// The one guard an approval lifts: that of the run it names, for a list no further off than
    /// the approved one; nothing that was held before the log was put back counts.
    private func liftedReason(
        of approval: Approval?, for frozen: SyncFrozen, instance: InstanceState
    ) -> HoldReason? {
        guard let approval, let held = instance.run(approval.heldRun),
            let reason = held.hold?.reason,
            let approved = held.frozen, instance.restoredAt.map({ held.id > $0 }) ?? true,
            instance.permits(
                reason, approved: approved, count: frozen.count, removed: frozen.removed)
        else { return nil }
        return reason
    }
}

extension InstanceState {
    fileprivate func unconditionalStop(of frozen: SyncFrozen) -> GuardStop? {
        let remoteStale = lastSuccess != nil
        if !settings.enabled { return .skip(.disabled, remoteStale: remoteStale) }
        if frozen.count == 0 { return .skip(.empty, remoteStale: remoteStale) }
        if frozen.count < UInt64(settings.minimumMembers) {
            return .skip(.belowMinimum, remoteStale: remoteStale)
        }
        return frozen.bytes > State.uploadLimit ? .hold(.tooLarge, detail: "") : nil
    }

    /// Whether the list differs too much from the last that was sent.
    fileprivate func changeStop(of frozen: SyncFrozen) -> HoldReason? {
        guard let sent = lastSuccess?.frozen?.count else { return nil }
        let thresholds = settings.thresholds
        let share = sent * UInt64(thresholds.shrinkPercent) / 100
        if frozen.removed > max(UInt64(thresholds.shrinkMembers), share) { return .shrink }
        return frozen.count > sent * UInt64(thresholds.growthFactor) ? .growth : nil
    }

    /// Whether nobody knows what the segment holds: we neither created it nor have replaced its
    /// list.
    fileprivate func isFirstReplace(onto segment: Segment) -> Bool {
        segment.origin != .created && lastSuccess == nil
    }
}
