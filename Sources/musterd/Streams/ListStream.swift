import Logging
import MusterCore
import MusterStore

/// A `member.list` with `more`: all digests of one audience at one position, some a reply.
final class ListStream: ReplyStream {
    private let replies: StreamReplies
    private let listing: DigestListing
    private let position: Position
    private let source: AudienceSource
    private var pages: DigestPages?
    private var isReading = false

    init(
        _ replies: StreamReplies, _ listing: DigestListing, _ source: AudienceSource,
        at position: Position
    ) {
        self.replies = replies
        self.listing = listing
        self.source = source
        self.position = position
    }

    /// Begins to read the audience; called when it is its turn.
    func begin() {
        guard !replies.isOver else { return leave() }
        engine.beside(for: replies.connection) { [source, listing] in
            do throws(LogError) {
                return Result<DigestPages, LogError>.success(
                    try DigestPages.read(listing, from: source))
            } catch {
                return .failure(error)
            }
        } then: { [self] result in
            // A client that went away meanwhile has given its place back already.
            guard let result, !replies.isOver else { return }
            switch result {
            case .success(let pages):
                self.pages = pages
                advance()
            case .failure(let error): fail(error)
            }
        }
    }

    func advance() {
        while let pages, !isReading, replies.hasRoom { tell(pages) }
    }

    /// Reads and writes the next digests beside the loop.
    private func tell(_ pages: DigestPages) {
        isReading = true
        replies.reserve(listing.limit * 67)
        engine.beside(for: replies.connection) {
            var pages = pages
            do throws(LogError) {
                let page = try pages.next()
                return Result<(DigestPages, DigestPages.Page), LogError>.success((pages, page))
            } catch {
                return .failure(error)
            }
        } then: { [self] result in
            isReading = false
            replies.release()
            guard let result else { return leave() }
            switch result {
            case .success((let rest, let page)):
                self.pages = rest
                replies.send(page.json, position: position, isLast: page.isLast)
                if replies.isOver { return leave() }
                advance()
            case .failure(let error): fail(error)
            }
        }
    }

    private func fail(_ error: LogError) {
        engine.logger.error("a list of members ends: \(error.message)")
        end(.unavailable("The log could not be read."))
    }

    func lag() { end(.streamLagged(resumeFrom: position)) }

    func end(_ rejection: Rejection) {
        replies.refuse(rejection)
        leave()
    }

    func cancel() {
        replies.cancel()
        leave()
    }

    private var engine: Engine { replies.engine }

    private func leave() {
        pages = nil
        engine.leave(self)
    }
}

/// The lists that are being read; each takes memory for its audience, so the others wait.
struct ListQueue {
    private var running: [ListStream] = []
    private var waiting: [ListStream] = []

    mutating func enter(_ list: ListStream) {
        waiting.append(list)
    }

    mutating func leave(_ list: ListStream) {
        running.removeAll { $0 === list }
        waiting.removeAll { $0 === list }
    }

    /// The next one that may begin.
    mutating func next() -> ListStream? {
        guard running.count < Limits.listsAtOnce, !waiting.isEmpty else { return nil }
        let list = waiting.removeFirst()
        running.append(list)
        return list
    }
}
