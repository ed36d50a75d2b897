import Glibc
import Logging
import MusterCore
import NIOCore

/// Ends the daemon when nobody has needed it for a while, and loses no client by it.
///
/// The engine says when that is. Then nobody is accepted any more, the loop turns once, and only if
/// nobody has come meanwhile, not even into the sockets' queues, the daemon ends. Whoever comes
/// later waits in the queue of a socket that the service manager keeps, and is its reason to start
/// the next daemon.
struct IdleExit {
    let engine: Engine
    let limit: TimeAmount
    /// The listening sockets.
    let doors: [any Channel]
    /// Has the daemon end as SIGTERM does.
    let leave: @Sendable () -> Void

    /// Asks the engine from now on; runs on its loop.
    func begin() {
        look(in: engine.timeUntilIdle(limit))
    }

    private func look(in time: TimeAmount) {
        engine.loop.scheduleTask(in: max(time, .milliseconds(1))) {
            let left = engine.timeUntilIdle(limit)
            if left > .zero { look(in: left) } else { closeDoors() }
        }
    }

    private func closeDoors() {
        accept(false)
        // The loop looks at its sockets before this is done: who was accepted is seen by then.
        engine.loop.scheduleTask(in: .milliseconds(1)) {
            guard engine.isIdle, !isAnybodyWaiting else {
                accept(true)
                return look(in: limit)
            }
            engine.logger.tell(
                .idle, "nobody needs the daemon, and it ends; the next client starts it",
                ["position": "\(engine.state.position)"])
            leave()
        }
    }

    private func accept(_ isOpen: Bool) {
        for door in doors {
            // A listening channel that is closed already has nobody to accept.
            door.setOption(.autoRead, value: isOpen).whenFailure { _ in }
        }
    }

    /// Whether a client has connected and was not accepted.
    private var isAnybodyWaiting: Bool {
        var asked: [pollfd] = []
        for door in doors {
            // A channel that is closed already has no queue of its own any more.
            _ = try? door.pipeline.syncOperations.withUnsafeTransportIfAvailable(
                of: NIOBSDSocket.Handle.self
            ) { asked.append(pollfd(fd: $0, events: Int16(POLLIN), revents: 0)) }
        }
        // The call fills the array it is given and returns at once. A socket that cannot be asked
        // about counts as one with somebody waiting.
        return unsafe poll(&asked, nfds_t(asked.count), 0) != 0
    }
}
