/// What a run under way needs done next, as a value; the courier does it and settles the outcome.
package enum Step: Hashable, Sendable {
    /// Build the list at the log's durable end.
    case freeze
    /// Find TTD's segment or create it; `intendedAt` tells that a creation may have happened
    /// already.
    case resolveSegment(intendedAt: Timestamp?)
    /// Open a drop and upload the list to it.
    case deliver
    /// The upload was taken; only the end is missing.
    case finish
}

/// What the world answered to a step.
package enum Outcome: Hashable, Sendable {
    case frozen(SyncFrozen)
    case creationIntended
    case resolved(Segment)
    case dropOpened(reference: String)
    case uploadStarted
    case uploaded(status: UInt16, bytes: UInt64, requestId: String?)
    case finished
    case failed(FailureClass, detail: String)
    case held(HoldReason, detail: String, tokenFingerprint: UInt32?)
}

extension Run {
    /// When TTD is asked what became of a drop, in seconds after the upload.
    package static let dropStatusTimes: [Int64] = [300, 1800, 7200, 43_200]

    /// Whether one of these times has come since the last asking; times that passed while nobody
    /// could ask are made up for by one.
    package func isDropStatusDue(at now: Timestamp) -> Bool {
        guard let uploadedAt else { return false }
        let asked = dropStatusAskedAt ?? uploadedAt
        return Self.dropStatusTimes.contains { seconds in
            let due = uploadedAt.advanced(seconds: seconds)
            return asked < due && due <= now
        }
    }
}

extension State {
    /// A list that was frozen longer ago than this is not sent any more.
    package static let freezeLifetime: Int64 = 6 * 3600
    /// The most upload addresses a run asks for.
    package static let dropLimit: UInt32 = 3

    /// What the run needs next, or nil when it has ended.
    package func step(of run: Run) -> Step? {
        switch run.phase {
        case .requested: .freeze
        case .frozen:
            self[run.instance].segment == nil ? .resolveSegment(intendedAt: nil) : .deliver
        case .creationIntended(let at): .resolveSegment(intendedAt: at)
        case .resolved, .dropOpened, .uploading: .deliver
        case .uploaded: .finish
        case .ended: nil
        }
    }

    /// The facts that follow from what the world answered; empty when the run has ended meanwhile.
    package func settle(_ run: RunID, _ outcome: Outcome) -> [Fact] {
        guard let current = self.run(run), current.end == nil else { return [] }
        switch outcome {
        case .frozen(let frozen):
            return [.syncFrozen(frozen)] + ending(current, stop(of: frozen, in: current))
        case .creationIntended: return [.segmentCreationIntended(run: run)]
        case .resolved(let segment): return resolved(segment, by: current)
        case .dropOpened(let reference): return [.dropOpened(run: run, reference: reference)]
        case .uploadStarted: return [.uploadStarted(run: run, attempt: current.attempts + 1)]
        case .uploaded(let status, let bytes, let requestId):
            return [
                .uploaded(Uploaded(run: run, status: status, bytes: bytes, requestId: requestId)),
                .syncSucceeded(run: run),
            ]
        case .finished: return [.syncSucceeded(run: run)]
        case .failed(let failure, let detail):
            return [.syncFailed(run: run, class: failure, detail: detail)]
        case .held(let reason, let detail, let fingerprint):
            return [
                .syncHeld(
                    SyncHeld(
                        run: run, reason: reason, detail: detail, tokenFingerprint: fingerprint))
            ]
        }
    }

    /// The end of a run that must not open a drop any more: its list is too old, or a later date is
    /// due.
    package func expiry(of run: Run, at now: Timestamp, dueDate: CalendarDate?) -> [Fact] {
        switch run.phase {
        case .dropOpened, .uploading, .uploaded, .ended: return []
        case .requested, .frozen, .creationIntended, .resolved: break
        }
        if let frozenAt = run.frozenAt, now.seconds(since: frozenAt) > Self.freezeLifetime {
            return [
                .syncFailed(run: run.id, class: .stale, detail: "the list is older than 6 hours")
            ]
        }
        if let dueDate, run.date < dueDate {
            return [.syncFailed(run: run.id, class: .stale, detail: "a later date is due")]
        }
        return []
    }

    /// The first instant at which `expiry` ends the run, where `nextDue` is when its next date
    /// begins; nil once a drop was opened.
    package func deadline(of run: Run, nextDue: Timestamp?) -> Timestamp? {
        switch run.phase {
        case .dropOpened, .uploading, .uploaded, .ended: return nil
        case .requested, .frozen, .creationIntended, .resolved: break
        }
        let aged = run.frozenAt.map { $0.advanced(seconds: Self.freezeLifetime + 1) }
        return [aged, nextDue].compactMap { $0 }.min()
    }

    private func resolved(_ segment: Segment, by run: Run) -> [Fact] {
        let fact = Fact.segmentResolved(SegmentResolved(run: run.id, segment: segment))
        guard let frozen = run.frozen else { return [] }
        if let other = holderOfSegment(segment, target: frozen.target, other: run.instance) {
            let held = SyncHeld(
                run: run.id, reason: .duplicateSegment,
                detail: "the instance \(other.id.text) sends to it")
            return [.syncHeld(held)]
        }
        return [fact] + ending(run, firstReplace(onto: segment, frozen: frozen, in: run))
    }

    private func holderOfSegment(
        _ segment: Segment, target: Target, other number: InstanceNumber
    ) -> InstanceState? {
        instances.first { other in
            other.number != number && other.settings.endpoint == target.endpoint
                && other.settings.advertiserId == target.advertiserId
                && (other.segment?.crmDataId ?? other.settings.externalAudienceId)
                    == segment.crmDataId
        }
    }

    private func ending(_ run: Run, _ stop: GuardStop?) -> [Fact] {
        switch stop {
        case nil: []
        case .skip(let reason, let remoteStale):
            [.syncSkipped(run: run.id, reason: reason, remoteStale: remoteStale)]
        case .hold(let reason, let detail):
            [.syncHeld(SyncHeld(run: run.id, reason: reason, detail: detail))]
        }
    }
}
