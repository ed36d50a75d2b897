import MusterCore
import MusterStore
import NIOCore

/// A frozen list as the body of a PUT: the exact bytes, chunk by chunk, read as they are asked for.
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
        var chunks: FrozenAudience.Chunks
        let tell: @Sendable (UInt64) -> Void
        private var sent: UInt64 = 0

        init(_ body: UploadBody) {
            chunks = body.list.chunks
            tell = body.tell
        }

        mutating func next() async throws -> ByteBuffer? {
            tell(sent)
            let chunk: [UInt8]?
            (chunk, chunks) = try await Background.run { [chunks] in
                var chunks = chunks
                return (try chunks.next(), chunks)
            }
            sent += UInt64(chunk?.count ?? 0)
            return chunk.map { ByteBuffer(bytes: $0) }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(self)
    }
}
