import MusterCore
import MusterStore
import NIOCore

/// A frozen list as the body of a PUT: the exact bytes, chunk by chunk.
struct UploadBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    let list: FrozenAudience

    var byteCount: UInt64 { list.bytes }

    struct AsyncIterator: AsyncIteratorProtocol {
        var chunks: FrozenAudience.Iterator

        mutating func next() async -> ByteBuffer? {
            chunks.next().map { ByteBuffer(bytes: $0) }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(chunks: list.chunks.makeIterator())
    }
}
