import MusterCore
import NIOCore

extension Engine {
    /// Asks for the memory that a request will need when its turn comes.
    func foresee(_ request: Request) {
        switch request.ask {
        case .command(.addMembers(let list)), .command(.removeMembers(let list)):
            state.prefetch(list, request.stamp)
        case .command, .query: break
        }
    }

    /// Carries out one frame; its reply leaves at the end of the turn.
    ///
    /// `arrival` is when its last bytes were read; deadlines count from there.
    func receive(_ reading: Reading, from connection: Connection, arrival: NIODeadline) {
        defer { endTurn(of: connection) }
        countWork(of: reading.weight)
        switch reading {
        case .tooLarge(let length):
            connection.reply(
                Reply.refusal(nil, .frameTooLarge(length: length, limit: Frame.defaultLimit)))
        case .request(.failure(let refused), _):
            connection.reply(Reply.refusal(refused.id, refused.rejection))
        case .request(.success(let request), _):
            guard !connection.isOpen(request.id) else {
                // With its id the refusal would look like the end of the open one.
                let rule = "is the id of an open request"
                return connection.reply(
                    Reply.refusal(nil, .requestInvalid(pointer: "/id", rule: rule)))
            }
            perform(request, for: connection, arrival: arrival)
        }
    }

    func perform(
        _ request: Request, for connection: Connection, arrival: NIODeadline
    ) {
        do {
            try carryOut(request, for: connection, arrival: arrival)
        } catch {
            if let notice = Notice(error) { tell(notice, of: connection.peer) }
            connection.reply(Reply.refusal(request.id, error))
        }
    }

    private func carryOut(
        _ request: Request, for connection: Connection, arrival: NIODeadline
    ) throws(Rejection) {
        switch request.ask {
        case .query(let query): try connection.rights.permit(query)
        case .command(let command): try connection.rights.permit(command)
        }
        if isStopping { throw .serverStopping }
        let isEarly = request.minPosition.map { $0 > state.position } ?? false
        switch request.ask {
        case .query where isEarly:
            try checkDeadline(of: request, arrival: arrival)
            awaitPosition(request, connection, arrival: arrival)
        case .query(let query):
            try checkDeadline(of: request, arrival: arrival)
            try answer(query, request, connection, arrival: arrival)
        case .command where isEarly:
            // It would hold up the commands behind it.
            throw .requestInvalid(pointer: "/minPosition", rule: "lies beyond the log's end")
        case .command(let command):
            let reply = try perform(command, request, connection.actor, arrival: arrival)
            connection.reply(reply)
            if request.more { follow(reply, request.id, connection) }
        }
    }

    /// Refuses a request whose deadline has passed; what was decided is never abandoned.
    func checkDeadline(of request: Request, arrival: NIODeadline) throws(Rejection) {
        guard let limit = request.deadlineMilliseconds else { return }
        if NIODeadline.now() - arrival > .milliseconds(limit) { throw .deadlineExceeded }
    }
}
