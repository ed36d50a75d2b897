import MusterCore
import MusterStore

extension Engine {
    /// The result of `status`: counts and names, never a person.
    func status() -> JSONObject {
        let now = clock.now()
        let head = self.head
        let upcoming = upcoming(at: now)
        let members = state.instances.reduce(0) { $0 + $1.members.count }
        return [
            "version": .string(Version.current), "startedAt": .string(startedAt.text),
            "newestEventAt": .text(tally.newestEventAt?.text),
            "logId": .string(logID.text), "position": .integer(Int64(state.position)),
            "chain": .string(head.chain.hex), "segments": .integer(Int64(head.segments)),
            "bytes": .integer(Int64(head.bytes)), "room": room(beside: head, at: now),
            "commits": .integer(Int64(commits)),
            "snapshot": snapshots.newest.map {
                ["position": .integer(Int64($0.position)), "at": .string($0.createdAt.text)]
            } ?? .null,
            "longestStops": stops.json,
            "connections": .integer(Int64(connections.count)),
            "streams": .integer(Int64(openStreams)),
            "instances": .integer(Int64(state.instances.count)),
            "members": .integer(Int64(members)),
            "suppressed": .integer(Int64(state.suppressions.count)),
            "runsUnderWay": .array(runsUnderWay()), "runsEnded": tally.runsEnded,
            "runsDue": .integer(Int64(upcoming.count { $0.at <= now })),
            "due": .array(Self.soonest(upcoming)),
            "attention": .array(attention(at: now)),
        ]
    }

    /// The status line for the service manager.
    var statusLine: String {
        let underWay = state.instances.count { $0.activeRun != nil }
        let now = clock.now()
        let next = state.instances.lazy.compactMap { self.nextSync(of: $0, at: now) }.min()
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

    /// When the next run of each instance begins that has a schedule.
    private func upcoming(at now: Timestamp) -> [(id: InstanceID, at: Timestamp)] {
        state.instances.compactMap { instance in
            nextSync(of: instance, at: now).map { (instance.id, $0) }
        }
    }

    /// The ten instances whose runs begin next.
    private static func soonest(_ upcoming: [(id: InstanceID, at: Timestamp)]) -> [JSON] {
        upcoming.sorted { $0.at < $1.at }.prefix(10)
            .map { ["instance": .string($0.id.text), "nextSync": .string($0.at.text)] }
    }

    /// How much may still be written, and how long that lasts; what the host does not tell is null.
    private func room(beside head: LogHead, at now: Timestamp) -> JSON {
        let free = (try? files.freeBytes()).map { min(max(0, $0), Int(JSON.integerLimit)) }
        let bytesADay = tally.bytesADay(of: head.bytes, in: files, at: now)
        let days = free.flatMap { free in bytesADay.map { free / max(1, $0) } }
        return [
            "bytes": free.map { .integer(Int64($0)) } ?? .null,
            "bytesADay": bytesADay.map { .integer(Int64($0)) } ?? .null,
            "days": days.map { .integer(Int64($0)) } ?? .null,
        ]
    }

    private func attention(at now: Timestamp) -> [JSON] {
        var attention = Attention(at: now, zones: zones, credentials: credentials.read)
        for instance in state.instances { attention.look(at: instance) }
        return attention.rows
    }
}
