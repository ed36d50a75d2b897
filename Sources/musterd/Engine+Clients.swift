import MusterCore
import NIOCore

extension Engine {
    /// A client that does not read, or what is read for one, is not waited for longer than this when
    /// the daemon stops.
    private static let farewellLimit = TimeAmount.seconds(5)

    /// Counts a new connection, or says why there cannot be another.
    func admit(_ connection: Connection) throws(Rejection) {
        if isStopping { throw .serverStopping }
        try admission.enter(connection.peer.uid)
        lastNeeded = .now()
        connections[ObjectIdentifier(connection)] = connection
    }

    /// Counts one connection fewer.
    func dismiss(_ connection: Connection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        admission.leave(connection.peer.uid)
        lastNeeded = .now()
        siblings.forget(connection.pace)
        forgetAwaited(by: connection)
        sayFarewell()
    }

    /// Ends the waiting for the last of the clients and of what was computed for them.
    func sayFarewell() {
        if hasNobody { farewell?.succeed() }
    }

    private var hasNobody: Bool { connections.isEmpty && worksBeside == 0 }

    /// Comes when every client has taken its last replies and is gone, and nothing is computed beside
    /// the loop any more, once the engine has stopped; a process that ended sooner would take back
    /// what it acknowledged.
    func clientsHaveGone() -> EventLoopFuture<Void> {
        let promise = loop.nonisolated().makePromise(of: Void.self)
        guard !hasNobody else {
            promise.succeed()
            return promise.futureResult
        }
        farewell = promise
        let timer = loop.scheduleTask(in: Self.farewellLimit) { promise.succeed() }
        promise.futureResult.whenComplete { _ in timer.cancel() }
        return promise.futureResult
    }
}
