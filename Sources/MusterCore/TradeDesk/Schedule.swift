/// A date that the daily schedule asks for, with its instants.
package struct Due: Hashable, Sendable {
    package let date: CalendarDate
    /// The local time of the schedule on that date.
    package let nominal: Timestamp
    /// When the run begins: the nominal time and the instance's own offset.
    package let at: Timestamp
}

extension InstanceState {
    /// Runs of one time of day are spread over ten minutes.
    private static let spread: UInt64 = 600
    /// After a run that found TTD unavailable, and before the next date, this long passes at least.
    private static let retryInterval: Int64 = 3600

    /// The instance's own delay in seconds, the same every day.
    package var offset: Int64 {
        // FNV-1a: stable across processes, which Swift's own hash is not.
        let hash = id.text.utf8.reduce(0xcbf2_9ce4_8422_2325) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        return Int64(hash % Self.spread)
    }

    /// When the schedule asks for `date`.
    package func due(on date: CalendarDate, in zone: Zone) -> Due? {
        guard let schedule = settings.schedule else { return nil }
        let nominal = zone.instant(of: date, at: schedule.dailyAt)
        return Due(date: date, nominal: nominal, at: nominal.advanced(seconds: offset))
    }

    /// The latest date whose run should have begun by `now`.
    package func latestDue(at now: Timestamp, in zone: Zone) -> Due? {
        let today = zone.date(at: now)
        return [0, -1, -2].lazy
            .compactMap { due(on: today.advanced(days: $0), in: zone) }
            .first { $0.at <= now }
    }

    /// When the next run will begin; now or earlier when one is due.
    package func nextSync(at now: Timestamp, in zone: Zone) -> Timestamp? {
        guard settings.enabled, settings.schedule != nil else { return nil }
        if let retry = retryTime(at: now, in: zone) { return retry }
        if let due = latestDue(at: now, in: zone), isOpen(due), lastRun(for: due) == nil {
            return due.at
        }
        let today = zone.date(at: now)
        return [0, 1, 2].lazy
            .compactMap { due(on: today.advanced(days: $0), in: zone) }
            .first { $0.at > now && isOpen($0) }?.at
    }

    /// The run that the schedule asks for at `now`.
    package func scheduledRequest(at now: Timestamp, in zone: Zone) -> SyncRequested? {
        guard settings.enabled, activeRun == nil,
            !wasUploaded(within: State.uploadInterval, of: now),
            let due = latestDue(at: now, in: zone), isOpen(due)
        else { return nil }
        if let retry = retryTime(at: now, in: zone) {
            return retry <= now ? request(due.date, .retry) : nil
        }
        guard lastRun(for: due) == nil else { return nil }
        let isLate = now.seconds(since: due.at) > Int64(Self.spread)
        return request(due.date, isLate ? .catchUp : .schedule)
    }

    /// The run that a new token makes possible, when the last one was held for the credential.
    package func releasedRequest(tokenFingerprint: UInt32, at now: Timestamp, date: CalendarDate)
        -> SyncRequested?
    {
        guard settings.enabled, activeRun == nil, let hold = lastEnded?.hold,
            hold.reason == .credential, hold.tokenFingerprint != tokenFingerprint
        else { return nil }
        return request(date, .credentialChanged)
    }

    private func request(_ date: CalendarDate, _ reason: RunReason) -> SyncRequested {
        SyncRequested(instance: number, date: date, reason: reason)
    }

    /// Whether the date counts at all, and has no success yet.
    private func isOpen(_ due: Due) -> Bool {
        guard let scheduledSince, due.nominal > scheduledSince else { return false }
        guard let success = lastSuccess else { return true }
        return success.date < due.date
    }

    private func lastRun(for due: Due) -> Run? {
        runs.last { $0.date == due.date && $0.requestedAt >= due.nominal }
    }

    /// When a date that found TTD unavailable is tried again: an hour later, until an hour before
    /// the next date.
    private func retryTime(at now: Timestamp, in zone: Zone) -> Timestamp? {
        guard let due = latestDue(at: now, in: zone), isOpen(due), let run = lastRun(for: due),
            case .failed(.unavailable, _) = run.end, let endedAt = run.endedAt,
            let next = self.due(on: due.date.advanced(days: 1), in: zone)
        else { return nil }
        let retry = endedAt.advanced(seconds: Self.retryInterval)
        return next.nominal.seconds(since: retry) >= Self.retryInterval ? retry : nil
    }

    private func wasUploaded(within seconds: Int64, of now: Timestamp) -> Bool {
        guard let uploaded = lastUploadAt else { return false }
        let age = now.seconds(since: uploaded)
        return age >= 0 && age < seconds
    }
}
