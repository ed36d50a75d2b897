import MusterCore
import NIOCore

extension Engine {
    /// A daemon that ended is woken each quarter of an hour, so what is due sooner than this is
    /// waited for.
    private static let duePatience: Int64 = 20 * 60

    /// How long, as things stand, until nobody will have needed the daemon for `limit`; zero when
    /// that is now.
    func timeUntilIdle(_ limit: TimeAmount, at now: NIODeadline = .now()) -> TimeAmount {
        guard isIdle else { return limit }
        return max(.zero, lastNeeded + limit - now)
    }

    /// Whether nobody is connected, nothing is under way and nothing is due soon.
    var isIdle: Bool {
        !isStopping && hasNothingUnderWay && !snapshots.isWriting
            && !state.instances.contains(where: isNeeded(by:))
    }

    private func isNeeded(by instance: InstanceState) -> Bool {
        if instance.activeRun != nil { return true }
        let now = clock.now()
        let soon = now.advanced(seconds: Self.duePatience)
        if let next = nextSync(of: instance, at: now), next <= soon { return true }
        return instance.lastSuccess?.isDropStatusExpected(by: soon) == true
    }

    /// When the schedule has the instance sent next, where it has one.
    func nextSync(of instance: InstanceState, at now: Timestamp) -> Timestamp? {
        zones.zone(instance.settings.schedule?.timeZone).flatMap {
            instance.nextSync(at: now, in: $0)
        }
    }
}

extension Run {
    /// Whether TTD is to be asked about the drop by then; what nobody could ask about for a day
    /// keeps no daemon.
    fileprivate func isDropStatusExpected(by soon: Timestamp) -> Bool {
        guard let uploadedAt, soon.seconds(since: uploadedAt) < 86_400 else { return false }
        return isDropStatusDue(at: soon)
    }
}
