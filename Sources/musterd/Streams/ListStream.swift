import Logging
import MusterCore
import MusterStore

/// A `member.list` with `more`: all digests of one audience at one position, some a reply.
final class ListStream: ReplyStream {
    private let replies: StreamReplies
    private let listing: DigestListing
    private let position: Position
    private let source: AudienceSource
    private var digests: [Digest]?
    private var index = 0
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
        replies.engine.beside { [source] in
            do throws(LogError) {
                return Result<[Digest], LogError>.success(try source.read().audience.digests)
            } catch {
                return .failure(error)
            }
        } then: { [self] result in
            switch result {
            case .success(let digests):
                // A client that went away meanwhile has given its place back already.
                guard !replies.isOver else { return }
                self.digests = digests
                index = listing.start(in: digests)
                advance()
            case .failure(let error):
                replies.engine.logger.error("a list of members ends: \(error.message)")
                end(.unavailable("The log could not be read."))
            }
        }
    }

    func advance() {
        while let digests, !isReading, replies.hasRoom { tell(digests) }
    }

    /// Writes the next digests out beside the loop.
    private func tell(_ digests: [Digest]) {
        isReading = true
        let end = min(index + listing.limit, digests.count)
        replies.reserve((end - index) * 67)
        engine.beside { [index, listing] in
            listing.page(of: digests, index..<end)
        } then: { [self] page in
            isReading = false
            replies.release()
            index = end
            replies.send(page, position: position, isLast: end == digests.count)
            if replies.isOver { return leave() }
            advance()
        }
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
        digests = nil
        engine.leave(self)
    }
}

extension DigestListing {
    /// The index of the first digest behind the one that was named.
    func start(in digests: [Digest]) -> Int {
        guard let behind else { return 0 }
        var (low, high) = (0, digests.count)
        while low < high {
            let middle = (low + high) / 2
            if digests[middle] > behind { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The answer that holds the digests of `range`.
    func page(of digests: [Digest], _ range: Range<Int>) -> JSON {
        let next = range.upperBound < digests.count ? digests[range].last?.hex : nil
        return [
            "members": .array(digests[range].map { .string($0.hex) }), "next": .text(next),
            "count": .integer(Int64(digests.count)),
        ]
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
