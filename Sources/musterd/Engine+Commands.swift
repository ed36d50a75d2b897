import MusterCore
import NIOCore

extension Engine {
    /// Decides and applies one command, and makes its reply.
    func perform(
        _ command: Command, _ request: Request, _ actor: Actor, arrival: NIODeadline
    ) throws(Rejection) -> CommandReply {
        if let stamp = request.stamp, let receipt = state.receipt(of: stamp.id) {
            guard receipt.check == stamp.check else { throw .commandIdReused }
            return try replay(command, receipt, request)
        }
        try checkDeadline(of: request, arrival: arrival)
        if let expected = request.expectedVersion {
            let actual = state.version(of: command.instance) ?? 0
            guard actual == expected else {
                throw .versionConflict(expected: expected, actual: actual)
            }
        }
        try ensureRoom(for: command.sizeLimit)
        switch command {
        case .addMembers(let list): return try change(list, adding: true, request, actor)
        case .removeMembers(let list): return try change(list, adding: false, request, actor)
        case .configure, .retire, .syncNow: return try carryOut(command, request, actor)
        }
    }

    private func change(
        _ list: MemberList, adding: Bool, _ request: Request, _ actor: Actor
    ) throws(Rejection) -> CommandReply {
        let outcome = try state.carryOut(
            list, adding: adding, by: actor, request.stamp, at: clock.now(), key: suppressionKey)
        if let event = outcome.event { keep(event) }
        return .members(
            MemberReply(id: request.id, adding: adding, outcome, position: state.position))
    }

    private func carryOut(
        _ command: Command, _ request: Request, _ actor: Actor
    ) throws(Rejection) -> CommandReply {
        var warnings: [Warning] = []
        let complete = try completed(command, warnings: &warnings)
        let now = clock.now()
        let decision = try state.decide(
            complete, at: now, date: date(of: command.instance, at: now))
        record(decision.facts, by: actor, command: request.stamp, at: now)
        let result: JSON
        switch decision.outcome {
        case .configured(let created, let change):
            result = configured(command.instance, created: created, change.fieldNames)
        case .retired(let count): result = try state.known(command.instance).retired(count: count)
        case .requested, .members: result = ["run": .integer(Int64(state.position))]
        }
        return .other(
            Reply.done(
                request.id, result, position: state.position,
                version: state.version(of: command.instance), replayed: false, warnings: warnings,
                continues: request.more))
    }

    private func replay(
        _ command: Command, _ receipt: Receipt, _ request: Request
    ) throws(Rejection) -> CommandReply {
        let result: JSON
        switch command {
        case .addMembers(let list), .removeMembers(let list):
            let adding = if case .addMembers = command { true } else { false }
            return .members(
                MemberReply(
                    id: request.id, adding: adding, of: receipt,
                    rejected: try state.rejected(of: list, adding: adding, key: suppressionKey)))
        case .configure(let configuration):
            result = configured(
                configuration.instance, created: receipt.isCreation,
                configuration.change.fieldNames)
        case .retire(let retirement):
            result = try state.known(retirement.instance).retired(count: UInt64(receipt.changed))
        case .syncNow: result = ["run": .integer(Int64(receipt.position))]
        }
        return .other(
            Reply.done(
                request.id, result, position: receipt.position, version: receipt.version,
                replayed: true, continues: request.more))
    }

    private func configured(_ id: InstanceID, created: Bool, _ fields: [String]) -> JSON {
        [
            "instance": .string(id.text), "created": .bool(created),
            "changed": .array(fields.map { .string($0) }),
        ]
    }

    /// The calendar date of `now` in the instance's zone; UTC without one.
    func date(of id: InstanceID, at now: Timestamp) -> CalendarDate {
        let zone = zones.zone(state[id]?.settings.schedule?.timeZone) ?? .utc
        return zone.date(at: now)
    }

    /// The command with what only the host knows: the endpoint that a named credential's file says.
    private func completed(_ command: Command, warnings: inout [Warning]) throws(Rejection)
        -> Command
    {
        guard case .configure(var configuration) = command else { return command }
        if case .some(.some(let schedule)) = configuration.change.schedule,
            zones.zone(schedule.timeZone) == nil
        {
            throw .paramsInvalid(
                pointer: "/params/schedule/timeZone", rule: "is not a zone of this host's database")
        }
        let current = state[configuration.instance]
        if current == nil || configuration.change.credential != nil {
            let name = configuration.change.credential ?? Settings.defaultCredential
            do {
                configuration.change.endpoint = try credentials.read(name).endpoint
            } catch {
                warnings.append(Warning(name: "credential.unusable", message: error.message))
            }
        }
        let schedule = configuration.change.schedule ?? current?.settings.schedule
        if schedule == nil {
            warnings.append(
                Warning(
                    name: "schedule.none",
                    message: "no schedule is set, so this audience is sent only by sync.now"))
        }
        return .configure(configuration)
    }
}

extension Command {
    /// The most bytes its events can take in the log.
    fileprivate var sizeLimit: Int {
        switch self {
        case .addMembers(let list), .removeMembers(let list): 512 + list.members.sizeLimit
        case .configure, .syncNow, .retire: 4096
        }
    }
}
