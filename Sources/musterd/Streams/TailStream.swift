import Logging
import MusterCore
import MusterStore
import NIOCore

/// A `log.tail` with `more`: what there is of the log, then what comes.
///
/// Events it is behind with are read from the log beside the engine; once it has caught up they
/// come from the engine. Nothing is told before it is durable.
final class TailStream: ReplyStream {
    private let replies: StreamReplies
    private let filter: EventFilter
    private let follow: Bool
    /// The position of the next event to look at.
    private var next: Position
    /// Where a stream that does not follow ends.
    private let last: Position
    private var pieces: LogPieces?
    private var isReading = false
    private var hasCaughtUp = false
    private var heartbeat: Scheduled<Void>?

    init(
        _ replies: StreamReplies, _ filter: EventFilter, from first: Position, end: Position,
        follow: Bool
    ) {
        self.replies = replies
        self.filter = filter
        self.follow = follow
        next = first
        last = end
        awaitSilence()
    }

    private var engine: Engine { replies.engine }

    func advance() {
        while !isReading, replies.hasRoom {
            let end = follow ? engine.head.position : min(last, engine.head.position)
            guard next <= end else {
                if !hasCaughtUp { tellCaughtUp() }
                return
            }
            if let taken = engine.recent.events(from: next, through: end, filter) {
                pieces = nil
                tell(taken.events, before: taken.next)
            } else {
                readBeside(through: end)
            }
        }
    }

    func lag() { end(.streamLagged(resumeFrom: next)) }

    func end(_ rejection: Rejection) {
        heartbeat?.cancel()
        replies.refuse(rejection)
    }

    func cancel() {
        heartbeat?.cancel()
        replies.cancel()
    }

    private func tellCaughtUp() {
        hasCaughtUp = true
        if !follow { heartbeat?.cancel() }
        replies.send(
            ["caughtUp": .integer(Int64(next - 1))], position: next - 1, isLast: !follow)
        if follow { awaitSilence() }
    }

    private func tell(_ events: [JSON], before position: Position) {
        next = position
        guard !events.isEmpty else { return }
        replies.send(["events": .array(events)], position: next - 1)
        awaitSilence()
    }

    private func readBeside(through end: Position) {
        isReading = true
        replies.reserve(LogPiece.size)
        let pieces = pieces ?? LogPieces(engine.files, from: next, filter)
        let names = engine.state.instances.map(\.id)
        let runs = engine.state.runOwners
        let id = replies.id
        engine.beside(for: replies.connection) {
            var pieces = pieces
            do throws(LogError) {
                let piece = try pieces.read(through: end, names: names, runs: runs)
                guard !piece.events.isEmpty else { return Read.events(pieces, body: nil) }
                let reply = Reply.continued(
                    id, ["events": .array(piece.events)], position: pieces.next - 1)
                return .events(pieces, body: reply.encoded())
            } catch {
                return .failed(error.message)
            }
        } then: { [self] read in
            // Whoever is not there any more is told nothing.
            if let read { take(read) }
        }
    }

    private enum Read: Sendable {
        case events(LogPieces, body: [UInt8]?)
        case failed(String)
    }

    private func take(_ read: Read) {
        isReading = false
        replies.release()
        switch read {
        case .events(let pieces, let body):
            self.pieces = pieces
            next = pieces.next
            if let body {
                replies.send(body)
                awaitSilence()
            }
            advance()
        case .failed(let message):
            engine.logger.error("a stream of the log ends: \(message)")
            end(.unavailable("The log could not be read."))
        }
    }

    /// Says how far it is when nothing else was said for a while.
    private func awaitSilence() {
        heartbeat?.cancel()
        guard !replies.isOver else { return }
        heartbeat = engine.loop.scheduleTask(in: .seconds(Limits.heartbeatSeconds)) { [weak self] in
            guard let self else { return }
            if replies.hasRoom {
                replies.send(["heartbeat": .integer(Int64(next - 1))], position: next - 1)
            }
            awaitSilence()
        }
    }
}
