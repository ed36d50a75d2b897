import MusterCore

import struct Crypto.SHA256

/// Whole rows of a list, as they are made and sent at once.
struct RowChunk: Sendable {
    var bytes: [UInt8] = []
    /// How many rows there are.
    var count = 0
    /// The seal's tag of the bytes.
    var tag: [UInt8] = []
}

/// Makes the rows of a list, chunk by chunk, the same ones of the same people; a copy walks by
/// itself.
struct RowChunks: Sendable {
    private var people: MergedPeople
    private let seal: RowSeal
    private var number = 0

    init(_ people: MergedPeople, _ seal: RowSeal) {
        self.people = people
        self.seal = seal
    }

    /// The next rows, never none; nil behind the last.
    mutating func next() throws(LogError) -> RowChunk? {
        var chunk = RowChunk()
        let largest =
            people.blockLimit * FrozenAudience.rowLimit(withAddresses: people.keepsAddresses)
        while chunk.bytes.count + largest <= FrozenAudience.chunkSize,
            let block = try people.next()
        {
            append(block, to: &chunk.bytes)
            chunk.count += block.count
        }
        guard chunk.count > 0 else { return nil }
        chunk.tag = seal.tag(of: chunk.bytes, number: number)
        number += 1
        return chunk
    }

    private func append(_ block: PeopleBlock, to bytes: inout [UInt8]) {
        guard people.keepsAddresses else {
            // Of digests a chunk has one block.
            bytes = Digest.base64Lines(of: block.digests)
            return
        }
        for address in block.addresses {
            bytes += address
            bytes.append(UInt8(ascii: "\n"))
        }
    }
}

/// Walks over the rows of a list for the first time, and hashes them as they are given; a copy walks
/// by itself.
///
/// While some chunks are hashed, and used by whoever asks, another thread makes the next ones.
struct ListRows: Sendable {
    private typealias Next = (chunks: [RowChunk], behind: RowChunks)

    /// How many rows were given.
    private(set) var count = 0
    /// How many bytes they had.
    private(set) var bytes: UInt64 = 0
    /// The seal's tag of each chunk that was given.
    private(set) var tags: [[UInt8]] = []
    private var hash = SHA256()
    /// Made and not given yet, the next one last.
    private var ready: [RowChunk] = []
    private var ahead: Ahead<Next, LogError>

    init(_ people: MergedPeople, _ seal: RowSeal) {
        ahead = Self.make(RowChunks(people, seal))
    }

    /// SHA-256 of all, where all was given.
    var digest: Digest { Digest(bytes: Array(hash.finalize())) ?? .zero }

    /// The next rows, never none; nil behind the last.
    mutating func next() throws(LogError) -> [UInt8]? {
        if ready.isEmpty {
            let next = try ahead.value()
            ready = next.chunks.reversed()
            if !ready.isEmpty { ahead = Self.make(next.behind) }
        }
        guard let chunk = ready.popLast() else { return nil }
        hash.update(data: chunk.bytes)
        count += chunk.count
        bytes += UInt64(chunk.bytes.count)
        tags.append(chunk.tag)
        return chunk.bytes
    }

    private static func make(_ rows: RowChunks) -> Ahead<Next, LogError> {
        Ahead { () throws(LogError) in
            var rows = rows
            var chunks: [RowChunk] = []
            while chunks.count < FrozenAudience.chunksAtOnce, let chunk = try rows.next() {
                chunks.append(chunk)
            }
            return (chunks, rows)
        }
    }
}
