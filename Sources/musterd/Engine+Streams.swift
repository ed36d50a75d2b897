import MusterCore
import MusterStore
import NIOCore

extension Engine {
    /// Answers `log.tail`, by one page or by a stream.
    func tail(
        _ tail: LogTail, _ request: Request, _ connection: Connection
    ) throws(Rejection) {
        let filter = EventFilter(
            types: tail.types,
            instance: try tail.instance.map { id throws(Rejection) in try state.known(id).number })
        let first = try first(of: tail)
        guard request.more else {
            return answerPage(from: first, filter, request.id, connection)
        }
        let replies = StreamReplies(request.id, engine: self, connection: connection)
        connection.open(
            TailStream(replies, filter, from: first, end: state.position, follow: tail.follow),
            request.id)
    }

    private func first(of tail: LogTail) throws(Rejection) -> Position {
        switch tail.from {
        case .start: return 1
        case .end: return state.position + 1
        case .position(let position):
            guard position <= state.position + 1 else {
                throw .paramsInvalid(
                    pointer: "/params/from", rule: "lies beyond the log's end")
            }
            return position
        }
    }

    private func answerPage(
        from first: Position, _ filter: EventFilter, _ id: RequestID, _ connection: Connection
    ) {
        let end = state.position
        let names = state.instances.map(\.id)
        let runs = state.runOwners
        answerBeside(id, connection) { [files] in
            var pieces = LogPieces(files, from: first, filter)
            do throws(LogError) {
                let piece = try pieces.read(through: end, names: names, runs: runs)
                return .success([
                    "events": .array(piece.events), "next": .integer(Int64(pieces.next)),
                ])
            } catch {
                return .failure(.unavailable("The log could not be read."))
            }
        }
    }

    /// Answers `member.list`, by one page or by a stream.
    func list(
        _ listing: DigestListing, _ request: Request, _ connection: Connection
    ) throws(Rejection) {
        let instance = try state.known(listing.instance)
        let source = AudienceSource(
            files: files, instance: instance.number, position: state.position)
        guard request.more else {
            return answerBeside(request.id, connection) {
                do throws(LogError) {
                    var pages = try DigestPages.read(listing, from: source)
                    return .success(try pages.next().json)
                } catch {
                    return .failure(.unavailable("The log could not be read."))
                }
            }
        }
        let list = ListStream(
            StreamReplies(request.id, engine: self, connection: connection), listing, source,
            at: state.position)
        connection.open(list, request.id)
        // Its position is durable when this turn has ended.
        whenDurable { [self] in
            lists.enter(list)
            beginLists()
        }
    }

    /// Gives the place of a list that has ended to the next one.
    func leave(_ list: ListStream) {
        lists.leave(list)
        beginLists()
    }

    private func beginLists() {
        while let list = lists.next() { list.begin() }
    }

    /// Goes on telling of the run that a `sync.now` began.
    func follow(_ reply: CommandReply, _ id: RequestID, _ connection: Connection) {
        guard case .other(let answer) = reply,
            let run = answer.object?["result"]?.object?["run"]?.integer
        else { return }
        let replies = StreamReplies(id, engine: self, connection: connection)
        connection.open(RunStream(replies, run: RunID(run)), id)
    }
}

/// A query that waits for the log to reach a position.
struct PositionWait {
    let position: Position
    let request: Request
    let connection: Connection
    let arrival: NIODeadline
    let timer: Scheduled<Void>
}

extension Engine {
    /// Keeps a query until the log has reached its position, or its deadline has passed.
    func awaitPosition(_ request: Request, _ connection: Connection, arrival: NIODeadline) {
        guard let position = request.minPosition else { return }
        connection.expectLateReply(to: request.id)
        let limit = TimeAmount.milliseconds(
            request.deadlineMilliseconds ?? Limits.positionWaitMilliseconds)
        let timer = loop.scheduleTask(in: max(.zero, limit - (.now() - arrival))) { [self] in
            let late = positionWaits.filter {
                $0.request.id == request.id && $0.connection === connection
            }
            positionWaits.removeAll {
                $0.request.id == request.id && $0.connection === connection
            }
            for wait in late { refuse(wait, .deadlineExceeded) }
        }
        positionWaits.append(
            PositionWait(
                position: position, request: request, connection: connection, arrival: arrival,
                timer: timer))
    }

    /// Answers the queries whose position has come.
    func answerAwaited() {
        guard positionWaits.contains(where: { $0.position <= state.position }) else { return }
        let due = positionWaits.filter { $0.position <= state.position }
        positionWaits.removeAll { $0.position <= state.position }
        for wait in due {
            wait.timer.cancel()
            wait.connection.forgetLateReply(to: wait.request.id)
            perform(wait.request, for: wait.connection, arrival: wait.arrival)
            endTurn(of: wait.connection)
        }
    }

    /// Forgets the queries of a client that is gone.
    func forgetAwaited(by connection: Connection) {
        for wait in positionWaits where wait.connection === connection { wait.timer.cancel() }
        positionWaits.removeAll { $0.connection === connection }
    }

    /// Refuses the queries that wait, because the daemon stops.
    func refuseAwaited() {
        let waits = positionWaits
        positionWaits = []
        for wait in waits {
            wait.timer.cancel()
            refuse(wait, .serverStopping)
        }
    }

    private func refuse(_ wait: PositionWait, _ rejection: Rejection) {
        wait.connection.replyLate(
            Reply.refusal(wait.request.id, rejection), to: wait.request.id)
        endTurn(of: wait.connection)
    }
}
