import NIOCore

/// The replies of a stream, as they come.
///
/// ```swift
/// for try await element in muster.log(from: .start, follow: true) {
///     if case .event(let event) = element { print(event.position, event.type) }
/// }
/// ```
///
/// Each walk over it opens a connection of its own and asks anew. No more than a little is read
/// ahead: while nobody asks for the next element, the daemon waits. Leaving the loop, or cancelling
/// its task, closes the connection, which is how a stream is ended. Errors are `ClientError`s:
/// `streamEnded` where the connection ended first.
public struct ReplySequence<Element: Sendable>: AsyncSequence, Sendable {
    let dialer: Dialer
    let request: Request
    /// The position to go on from before anything was told; nil where it is not known yet.
    let resume: Int?
    let read: @Sendable (Reply) throws(AnswerError) -> [Element]

    /// Opens the connection with the first call of `next`.
    public func makeAsyncIterator() -> Iterator { Iterator(sequence: self) }

    /// Walks over the replies.
    public struct Iterator: AsyncIteratorProtocol {
        private let sequence: ReplySequence
        private var replies: StreamChannel?
        private var elements: ArraySlice<Element> = []
        private var resume: Int?
        private var hasBegun = false
        private var isOver = false

        fileprivate init(sequence: ReplySequence) {
            self.sequence = sequence
            resume = sequence.resume
        }

        /// The next element, or nil behind the last.
        public mutating func next() async throws(ClientError) -> Element? {
            while true {
                if let element = elements.popFirst() { return element }
                guard !isOver else { return nil }
                do throws(ClientError) {
                    try await readMore()
                } catch {
                    isOver = true
                    replies = nil
                    throw error
                }
            }
        }

        private mutating func readMore() async throws(ClientError) {
            guard let reply = try await nextReply() else {
                // A cancelled task has ended the stream itself.
                isOver = Task.isCancelled
                if isOver { return }
                throw .streamEnded(commandId: sequence.request.commandId, resumeFrom: resume)
            }
            hasBegun = true
            do throws(AnswerError) {
                elements = try sequence.read(reply)[...]
            } catch {
                throw .protocolViolation(error.what)
            }
            resume = reply.position + 1
            guard !reply.continues else { return }
            isOver = true
            replies = nil
        }

        /// Where the connection ends before the first reply it is made anew once.
        private mutating func nextReply() async throws(ClientError) -> Reply? {
            let channel = try await opened()
            if let reply = try await channel.next() { return reply }
            guard !hasBegun, !Task.isCancelled else { return nil }
            replies = nil
            return try await opened().next()
        }

        private mutating func opened() async throws(ClientError) -> StreamChannel {
            if let replies { return replies }
            let channel = try await StreamChannel.open(sequence.dialer, sequence.request)
            replies = channel
            return channel
        }
    }
}

extension MusterConnection {
    func stream<Element: Sendable>(
        _ request: Request, resume: Int?,
        _ read: @escaping @Sendable (Reply) throws(AnswerError) -> [Element]
    ) -> ReplySequence<Element> {
        ReplySequence(
            dialer: dialer, request: request.identified(), resume: resume, read: read)
    }
}
