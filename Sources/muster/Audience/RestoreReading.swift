import MusterClient
import MusterCore
import MusterStore

/// The log of the daemon that is to carry out a restore, up to where that daemon says it is durable.
struct RestoreReading {
    private let files: PosixFileSystem
    private let reader: LogReader
    private let log: String
    private let position: Position
    private let isQuiet: Bool

    init(_ files: PosixFileSystem, _ server: Server, isQuiet: Bool) throws(Failure) {
        self.files = files
        self.isQuiet = isQuiet
        reader = try Failure.ofLog { () throws(LogError) in try LogReader(files) }
        log = server.logId
        position = Position(max(0, server.position))
    }

    /// The audience's list at that position.
    func list(of instance: String) throws(Failure) -> FrozenAudience {
        let past = try AudiencePast(reader, to: .position(position), isQuiet: isQuiet)
        return try AudienceLists(files, of: try past.instance(instance)).list(at: position)
    }

    /// What brings the audience back to `point`, or to the list of the run of that number.
    func plan(
        _ name: String, to point: LogPoint, includingRemoved: Bool
    ) throws(Failure) -> RestorePlan {
        var wanted: RunID?
        if case .position(let number) = point { wanted = number }
        let past = try AudiencePast(reader, to: .position(position), run: wanted, isQuiet: isQuiet)
        guard (past.state.adopted ?? reader.log)?.text == log else {
            throw .misuse(
                "the state directory is not that of the daemon at the socket",
                remedy: "Name the right one with --state-directory, or the socket with --socket.")
        }
        let instance = try past.instance(name)
        let run = past.run.flatMap { $0.instance == instance.number ? $0 : nil }
        let goal = if let run { try run.list().position } else { try self.position(of: point) }
        guard goal >= past.beginning(of: instance) else {
            throw Failure(
                .unknown,
                "the audience was made by event \(past.beginning(of: instance)), behind position \(goal)"
            )
        }
        let lists = AudienceLists(files, of: instance)
        let (target, now) = (try lists.list(at: goal), try lists.list(at: position))
        if now.keepsAddresses, !target.keepsAddresses, target.count > 0 {
            throw Failure(
                .conflict,
                "the audience kept digests at position \(goal) and keeps addresses now, which nobody "
                    + "can make of them")
        }
        return try RestorePlan(
            name, from: now, to: target, of: run, erasures: try lists.erasures(since: goal),
            keepingOut: includingRemoved ? [] : try removals(of: instance, since: goal))
    }

    private func position(of point: LogPoint) throws(Failure) -> Position {
        guard case .position(let number) = point else {
            let found = try AudiencePast(reader, to: point, isQuiet: isQuiet).position
            guard found > 0 else { throw Failure(.unknown, "nothing had happened by then") }
            return min(found, position)
        }
        guard number <= position else {
            throw Failure(
                .unknown, "there is no position and no run \(number); the log ends at \(position)")
        }
        return number
    }

    private func removals(
        of instance: InstanceState, since start: Position
    ) throws(Failure) -> Set<Digest> {
        guard start < position else { return [] }
        var removals = SingleRemovals()
        try Failure.ofLog { () throws(LogError) in
            try reader.forEach(from: start + 1, through: position) { entry in
                if entry.event.fact.instance == instance.number { removals.take(entry.event) }
            }
        }
        return removals.people
    }
}
