import Logging
import MusterCore
import MusterStore
import NIOCore

/// The version of this program.
enum Version {
    static let current = "0.1.0"
}

extension Engine {
    /// Answers a query; the answer leaves when all that it tells is durable.
    func answer(
        _ query: Query, _ request: Request, _ connection: Connection, arrival: NIODeadline
    ) throws(Rejection) {
        switch query {
        case .status(let withStateHash):
            status(request.id, connection, withStateHash: withStateHash)
        case .syncPlan(let id):
            let instance = try state.known(id)
            plan(instance, request.id, connection)
        case .instanceCheck(let id):
            check(try state.known(id), request, connection, arrival: arrival)
        case .memberShow(let id, let member, withHistory: true):
            history(of: member.digest, in: try state.known(id), request.id, connection)
        case .memberList(let listing): try list(listing, request, connection)
        case .logTail(let tail): try self.tail(tail, request, connection)
        default:
            let (result, version) = try answer(query, connection.rights)
            connection.reply(
                Reply.answer(request.id, result, position: state.position, version: version))
        }
    }

    private func answer(_ query: Query, _ rights: Rights) throws(Rejection)
        -> (JSON, version: UInt64?)
    {
        let now = clock.now()
        switch query {
        case .hello:
            return (state.hello(version: Version.current, logId: logID.text, rights), nil)
        case .ping: return ([:], nil)
        case .describe(let subject): return (try subject.answer(), nil)
        case .status, .syncPlan, .memberList, .logTail, .instanceCheck:
            preconditionFailure("answered beside")
        case .instanceList:
            let sorted = state.instances.sorted { $0.id < $1.id }
            return (["instances": .array(sorted.map { json(of: $0, at: now, inList: true) })], nil)
        case .instanceShow(let id):
            let instance = try state.known(id)
            return (json(of: instance, at: now), instance.version)
        case .memberShow(let id, let member, _):
            let instance = try state.known(id)
            return (["member": .bool(instance.members.contains(member.digest))], instance.version)
        case .syncList(let id): return (state.runs(of: try state.known(id)), nil)
        case .syncShow(let id):
            guard let run = state.run(id) else { throw .runUnknown }
            return (state.json(of: run), nil)
        }
    }

    func json(of instance: InstanceState, at now: Timestamp, inList: Bool = false) -> JSON {
        // A credential that cannot be read has no known expiry; its run says what is wrong with it.
        let credential = try? credentials.read(instance.settings.credential)
        return state.json(
            of: instance,
            Surroundings(
                now: now, nextSync: nextSync(of: instance, at: now),
                tokenDaysLeft: credential?.daysLeft(at: now)), withDropStatus: !inList)
    }

    /// Answers when this turn's commit is made, so that the log's head and the state are at one
    /// position.
    private func status(_ id: RequestID, _ connection: Connection, withStateHash: Bool) {
        connection.expectLateReply(to: id)
        whenDurable { [self] in
            guard withStateHash else {
                connection.replyLate(
                    Reply.answer(id, .object(status()), position: state.position), to: id)
                endTurn(of: connection)
                return
            }
            answerBeside(id, connection) { [status = status(), state] in
                var result = status
                result["stateHash"] = .string(StateHash.of(state).hex)
                return .success(.object(result))
            }
        }
    }

    /// Computes an answer off the loop, from values taken now, and sends it when it is there and
    /// durable.
    func answerBeside(
        _ id: RequestID, _ connection: Connection, version: UInt64? = nil,
        _ compute: @escaping @Sendable () -> Result<JSON, Rejection>
    ) {
        let position = state.position
        connection.expectLateReply(to: id)
        whenDurable { [self] in
            beside(for: connection, compute) { [self] outcome in
                let reply =
                    switch outcome ?? .failure(.serverStopping) {
                    case .success(let result):
                        Reply.answer(id, result, position: position, version: version)
                    case .failure(let rejection): Reply.refusal(id, rejection)
                    }
                connection.replyLate(reply, to: id)
                endTurn(of: connection)
            }
        }
    }

    private func plan(_ instance: InstanceState, _ id: RequestID, _ connection: Connection) {
        let position = state.position
        let source = AudienceSource(
            files: files, instance: instance.number, position: position,
            since: instance.lastSuccess?.frozen?.position)
        // The plan tells what would happen with the endpoint the credential names now, or the last
        // known one.
        let endpoint =
            (try? credentials.read(instance.settings.credential))?.endpoint
            ?? instance.settings.endpoint
        let target = Target(settings: instance.settings, endpoint: endpoint)
        // Whoever holds the members makes a list be copied where it changes.
        answerBeside(id, connection) {
            [state = state.withoutMembers, instance = instance.withoutMembers, logger] in
            do throws(LogError) {
                let reading = try source.read()
                reading.passedOver.log(to: logger)
                let frozen = reading.frozen(run: 0, target: target)
                let stop = state.stop(of: frozen, instance: instance, approval: nil)
                return .success(frozen.plan(lastSuccess: instance.lastSuccess?.id, stop: stop))
            } catch {
                logger.error("a plan could not be made: \(error.message)")
                return .failure(.unavailable("The log could not be read."))
            }
        }
    }

    private func history(
        of person: Digest, in instance: InstanceState, _ id: RequestID, _ connection: Connection
    ) {
        let position = state.position
        let number = instance.number
        let isMember = instance.members.contains(person)
        answerBeside(id, connection, version: instance.version) { [files, logger] in
            var history = MemberHistory()
            do throws(LogError) {
                try LogReader(files).forEachChange(of: person, in: number, through: position) {
                    history.add($0.event, at: $0.position)
                }
                return .success(history.answer(isMember: isMember))
            } catch {
                logger.error("a history could not be read: \(error.message)")
                return .failure(.unavailable("The log could not be read."))
            }
        }
    }
}
