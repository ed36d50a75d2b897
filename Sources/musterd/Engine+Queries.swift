import MusterCore
import MusterStore
import NIOCore

/// The version of this program.
enum Version {
    static let current = "0.1.0"
}

extension Engine {
    /// Answers a query; the answer leaves when all that it tells is durable.
    func answer(_ query: Query, _ request: Request, _ connection: Connection) throws(Rejection) {
        switch query {
        case .status(let withStateHash):
            status(request.id, connection, withStateHash: withStateHash)
        case .syncPlan(let id):
            let instance = try state.known(id)
            plan(instance, request.id, connection)
        default:
            let (result, version) = try answer(query)
            connection.reply(
                Reply.answer(request.id, result, position: state.position, version: version))
        }
    }

    private func answer(_ query: Query) throws(Rejection) -> (JSON, version: UInt64?) {
        let now = clock.now()
        switch query {
        case .hello: return (state.hello(version: Version.current, logId: logID.text), nil)
        case .ping: return ([:], nil)
        case .describe(let subject): return (try subject.answer(), nil)
        case .status, .syncPlan: preconditionFailure("answered beside")
        case .instanceList:
            let sorted = state.instances.sorted { $0.id < $1.id }
            return (["instances": .array(sorted.map { json(of: $0, at: now, inList: true) })], nil)
        case .instanceShow(let id):
            let instance = try state.known(id)
            return (json(of: instance, at: now), instance.version)
        case .memberShow(let id, let member):
            let instance = try state.known(id)
            return (["member": .bool(instance.members.contains(member.digest))], instance.version)
        case .syncList(let id): return (state.runs(of: try state.known(id)), nil)
        case .syncShow(let id):
            guard let run = state.run(id) else { throw .runUnknown }
            return (state.json(of: run), nil)
        }
    }

    func json(of instance: InstanceState, at now: Timestamp, inList: Bool = false) -> JSON {
        let zone = zones.zone(instance.settings.schedule?.timeZone)
        // A credential that cannot be read has no known expiry; its run says what is wrong with it.
        let expires = (try? credentials.read(instance.settings.credential))?.expires
        return state.json(
            of: instance,
            Surroundings(
                now: now, nextSync: zone.flatMap { instance.nextSync(at: now, in: $0) },
                tokenDaysLeft: expires.map {
                    Int64($0.dayNumber - Zone.utc.date(at: now).dayNumber)
                }), withDropStatus: !inList)
    }

    /// Answers when this turn's commit is made, so that the log's head and the state are at one
    /// position.
    private func status(_ id: RequestID, _ connection: Connection, withStateHash: Bool) {
        connection.expectLateReply()
        whenDurable { [self] in
            guard withStateHash else {
                connection.replyLate(
                    Reply.answer(id, .object(status()), position: state.position))
                endTurn(of: connection)
                return
            }
            answerBeside(id, connection) { [status = status(), state] in
                var result = status
                result["stateHash"] = .string(StateHash.of(state).hex)
                return .success(.object(result))
            }
            connection.forgetLateReply()
        }
    }

    /// Computes an answer off the loop, from values taken now, and sends it when it is there and
    /// durable.
    private func answerBeside(
        _ id: RequestID, _ connection: Connection,
        _ compute: @escaping @Sendable () -> Result<JSON, Rejection>
    ) {
        let position = state.position
        connection.expectLateReply()
        whenDurable { [loop] in
            let bound = NIOLoopBound(connection, eventLoop: loop.nonisolated())
            let engine = NIOLoopBound(self, eventLoop: loop.nonisolated())
            Task.detached {
                // The pool refuses work only when the process ends.
                let outcome = (try? await Background.run(compute)) ?? .failure(.serverStopping)
                let reply =
                    switch outcome {
                    case .success(let result): Reply.answer(id, result, position: position)
                    case .failure(let rejection): Reply.refusal(id, rejection)
                    }
                engine.eventLoop.execute {
                    bound.value.replyLate(reply)
                    engine.value.endTurn(of: bound.value)
                }
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
        answerBeside(id, connection) { [state] in
            do {
                let frozen = try source.read().frozen(run: 0, target: target)
                let stop = state.stop(of: frozen, instance: instance, approval: nil)
                return .success(frozen.plan(lastSuccess: instance.lastSuccess?.id, stop: stop))
            } catch {
                return .failure(.unavailable("The log could not be read."))
            }
        }
    }
}
