import MusterCore
import MusterStore
import NIOCore
import Synchronization

/// A frozen list as the body of a PUT: the exact bytes, chunk by chunk, read ahead of what is sent.
///
/// Where the list cannot be read again as it was frozen it ends with an error before its last
/// chunk, so that nobody receives as many bytes as were announced.
struct UploadBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    let list: FrozenAudience
    /// Told with each chunk that is asked for how many bytes were taken before it.
    var tell: @Sendable (UInt64) -> Void = { _ in }

    var byteCount: UInt64 { list.bytes }

    struct AsyncIterator: AsyncIteratorProtocol {
        private let reading: Reading
        private let tell: @Sendable (UInt64) -> Void
        private var sent: UInt64 = 0
        /// What was read and not sent, the next one last.
        private var ready: [ByteBuffer] = []
        private var ahead: Task<[ByteBuffer], any Error>?

        init(_ body: UploadBody) {
            reading = Reading(body.list.chunks)
            tell = body.tell
        }

        mutating func next() async throws -> ByteBuffer? {
            tell(sent)
            if ready.isEmpty {
                ready = try await (ahead ?? read()).value.reversed()
                // Where nobody asks again some chunks are read for nothing.
                ahead = ready.isEmpty ? nil : read()
            }
            let chunk = ready.popLast()
            sent += UInt64(chunk?.readableBytes ?? 0)
            return chunk
        }

        private func read() -> Task<[ByteBuffer], any Error> {
            Task { [reading] in
                try await Background.run { try reading.next().map { ByteBuffer(bytes: $0) } }
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(self)
    }
}

/// Where a list is being read, shared by the loop that asks and the thread that reads: a copy handed
/// over and back would copy a quarter of a megabyte for each chunk.
private final class Reading: Sendable {
    private let chunks: Mutex<FrozenAudience.Chunks>

    init(_ chunks: FrozenAudience.Chunks) {
        self.chunks = Mutex(chunks)
    }

    /// The next chunks; none at the end.
    func next() throws(LogError) -> [[UInt8]] {
        try chunks.withLock { chunks throws(LogError) in
            var next: [[UInt8]] = []
            while next.count < FrozenAudience.chunksAtOnce, let chunk = try chunks.next() {
                next.append(chunk)
            }
            return next
        }
    }
}
