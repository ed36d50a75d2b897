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
            "members": .integer(Int64(members)),
            "suppressed": .integer(Int64(state.suppressions.count)),
            "runsUnderWay": .array(runsUnderWay()),
            "due": .array(soonest(at: now)),
            "attention": .array(attention(at: now)),
        ]
    }

    /// The status line for the service manager.
    var statusLine: String {
        let underWay = state.instances.count { $0.activeRun != nil }
        let next = state.instances.lazy.compactMap { self.nextSync(of: $0) }.min()
        return
            "position \(state.position), \(state.instances.count) instances, \(underWay) runs under way, "
            + (next.map { "next run due \($0.text)" } ?? "no run due")
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

    private func attention(at now: Timestamp) -> [JSON] {
        var attention = Attention(at: now, zones: zones, credentials: credentials.read)
        for instance in state.instances { attention.look(at: instance) }
        return attention.rows
    }
}
