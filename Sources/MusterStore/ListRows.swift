import MusterCore

import struct Crypto.SHA256

/// Walks over the rows of a list, chunk by chunk, and hashes them as they are given; a copy walks by
/// itself.
///
/// While some chunks are hashed the next ones are made on another thread.
struct ListRows: Sendable {
    /// How many rows were given.
    private(set) var count = 0
    /// How many bytes they had.
    private(set) var bytes: UInt64 = 0
    private var people: MergedPeople
    private var hash = SHA256()
    /// Hashed and not given yet, the next one last.
    private var ready: [Chunk] = []
    /// Not hashed yet.
    private var ahead: [Chunk] = []
    private var hasBegun = false

    private struct Chunk: Sendable {
        var bytes: [UInt8] = []
        var count = 0
    }

    init(_ people: MergedPeople) {
        self.people = people
    }

    /// SHA-256 of all, where all was given.
    var digest: Digest { Digest(bytes: Array(hash.finalize())) ?? .zero }

    /// The next rows, never none; nil behind the last.
    mutating func next() throws(LogError) -> [UInt8]? {
        if ready.isEmpty { try advance() }
        guard let chunk = ready.popLast() else { return nil }
        count += chunk.count
        bytes += UInt64(chunk.bytes.count)
        return chunk.bytes
    }

    private mutating func advance() throws(LogError) {
        if !hasBegun { ahead = try Self.chunks(of: &people) }
        hasBegun = true
        guard !ahead.isEmpty else { return }
        let (chunks, behind, before) = (ahead, people, hash)
        ((ahead, people), hash) = try sideBySide(
            { () throws(LogError) -> ([Chunk], MergedPeople) in
                var people = behind
                return (try Self.chunks(of: &people), people)
            },
            { () throws(LogError) -> SHA256 in
                var hash = before
                for chunk in chunks { hash.update(data: chunk.bytes) }
                return hash
            })
        ready = chunks.reversed()
    }

    private static func chunks(of people: inout MergedPeople) throws(LogError) -> [Chunk] {
        var chunks: [Chunk] = []
        while chunks.count < FrozenAudience.chunksAtOnce, let chunk = try chunk(of: &people) {
            chunks.append(chunk)
        }
        return chunks
    }

    private static func chunk(of people: inout MergedPeople) throws(LogError) -> Chunk? {
        var chunk = Chunk()
        let largest =
            people.blockLimit * FrozenAudience.rowLimit(withAddresses: people.keepsAddresses)
        while chunk.bytes.count + largest <= FrozenAudience.chunkSize,
            let block = try people.next()
        {
            append(block, to: &chunk.bytes, withAddresses: people.keepsAddresses)
            chunk.count += block.count
        }
        return chunk.count == 0 ? nil : chunk
    }

    private static func append(
        _ people: PeopleBlock, to bytes: inout [UInt8], withAddresses: Bool
    ) {
        guard withAddresses else {
            // Of digests a chunk has one block.
            bytes = Digest.base64Lines(of: people.digests)
            return
        }
        for address in people.addresses {
            bytes += address
            bytes.append(UInt8(ascii: "\n"))
        }
    }
}
