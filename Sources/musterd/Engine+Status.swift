import MusterCore
import MusterStore

extension Engine {
    /// The result of `status`: counts and names, never a person.
    func status() -> JSONObject {
        let now = clock.now()
        let head = self.head
        let members = state.instances.reduce(0) { $0 + $1.members.count }
        return [
            "version": .string(Version.current), "startedAt": .string(startedAt.text),
            "logId": .string(logID.text), "position": .integer(Int64(state.position)),
            "chain": .string(head.chain.hex), "segments": .integer(Int64(head.segments)),
            "bytes": .integer(Int64(head.bytes)),
            "snapshot": snapshots.newest.map {
                ["position": .integer(Int64($0.position)), "at": .string($0.createdAt.text)]
            } ?? .null,
            "longestStops": stops.json,
            "instances": .integer(Int64(state.instances.count)),
            "members": .integer(Int64(members)), "runsUnderWay": .array(runsUnderWay()),
            "due": .array(soonest(at: now)),
            "attention": .array(state.instances.flatMap(attention)),
        ]
    }

    /// The status line for the service manager.
    var statusLine: String {
        let underWay = state.instances.count { $0.activeRun != nil }
        return
            "position \(state.position), \(state.instances.count) instances, \(underWay) runs under way"
    }

    private func runsUnderWay() -> [JSON] {
        state.instances.compactMap { instance in
            guard let run = instance.activeRun else { return nil }
            return [
                "instance": .string(instance.id.text), "run": .integer(Int64(run.id)),
                "step": .text(RunEnd(run).step),
            ]
        }
    }

    /// The ten instances whose runs begin next.
    private func soonest(at now: Timestamp) -> [JSON] {
        state.instances
            .compactMap { instance -> (id: InstanceID, at: Timestamp)? in
                guard let zone = zones.zone(instance.settings.schedule?.timeZone),
                    let at = instance.nextSync(at: now, in: zone)
                else { return nil }
                return (instance.id, at)
            }
            .sorted { $0.at < $1.at }.prefix(10)
            .map { ["instance": .string($0.id.text), "nextSync": .string($0.at.text)] }
    }

    private func attention(_ instance: InstanceState) -> [JSON] {
        var rows: [JSON] = []
        func note(_ what: String, _ message: String, _ remedy: String, run: RunID? = nil) {
            rows.append([
                "instance": .string(instance.id.text), "run": .count(run), "what": .string(what),
                "message": .string(message), "remedy": .string(remedy),
            ])
        }
        switch instance.lastEnded?.end {
        case .held(let held):
            note(
                "held",
                held.detail.isEmpty
                    ? held.reason.message : held.reason.message + " (\(held.detail))",
                held.reason.remedy, run: held.run)
        case .failed(let failure, let detail):
            note(
                "failed", "The last run failed: \(failure.word). \(detail)",
                "Read sync show for the run.", run: instance.lastEnded?.id)
        case .skipped(let reason, let remoteStale):
            let stale = remoteStale ? " An older list is still at TTD." : ""
            note(
                "skipped", reason.message + stale, reason.remedy, run: instance.lastEnded?.id)
        case .succeeded, nil: break
        }
        if instance.settings.schedule == nil {
            note(
                "schedule", "No schedule is set, so this audience is sent only by sync now.",
                "Configure a schedule.")
        } else if zones.zone(instance.settings.schedule?.timeZone) == nil {
            note(
                "zone", "The schedule's time zone is not in this host's database any more.",
                "Install tzdata, or configure another zone.")
        }
        return rows
    }
}
