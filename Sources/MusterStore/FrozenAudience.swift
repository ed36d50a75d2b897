package import MusterCore

import struct Crypto.SHA256

/// The exact list that an upload sends: one row for each member, sorted by digest, each row ended
/// by a line feed.
///
/// A row of a `hashedEmail` audience is the base64 of the digest, one of an `email` audience the
/// normalised address.
package struct FrozenAudience: Sendable {
    /// About how many bytes are in a chunk.
    package static let chunkSize = 256 << 10

    package let position: Position
    package let count: Int
    /// The bytes of all rows.
    package let bytes: UInt64
    /// SHA-256 of those bytes.
    package let digest: Digest
    private let rows: Rows

    fileprivate enum Rows: Sendable {
        case digests([Digest])
        case lines([UInt8])
    }

    init(_ members: Membership, keepsAddresses: Bool, at position: Position) {
        self.position = position
        count = members.count
        rows = Rows(members, keepsAddresses: keepsAddresses)
        var hash = SHA256()
        var bytes: UInt64 = 0
        for chunk in Chunks(rows: rows) {
            hash.update(data: chunk)
            bytes += UInt64(chunk.count)
        }
        self.bytes = bytes
        digest = Digest(bytes: Array(hash.finalize())) ?? .zero
    }

    /// The bytes to send, chunk by chunk, made as they are asked for.
    package var chunks: Chunks { Chunks(rows: rows) }

    /// Everyone's digest, in order; of a list of addresses computed from them.
    package var digests: [Digest] {
        switch rows {
        case .digests(let digests): digests
        case .lines(let lines):
            lines.split(separator: UInt8(ascii: "\n")).map { Digest.sha256($0) }
        }
    }

    /// The bytes of a list in order.
    package struct Chunks: Sequence, Sendable {
        fileprivate let rows: Rows

        package func makeIterator() -> Iterator { Iterator(rows: rows) }
    }

    /// Walks over the bytes of a list.
    package struct Iterator: IteratorProtocol, Sendable {
        fileprivate let rows: Rows
        private var offset = 0

        fileprivate init(rows: Rows) {
            self.rows = rows
        }

        package mutating func next() -> [UInt8]? {
            switch rows {
            case .lines(let lines):
                let chunk = lines[offset..<Swift.min(offset + chunkSize, lines.count)]
                offset = chunk.endIndex
                return chunk.isEmpty ? nil : Array(chunk)
            case .digests(let digests):
                let chunk = digests[offset..<Swift.min(offset + chunkSize / 45, digests.count)]
                offset = chunk.endIndex
                return chunk.isEmpty ? nil : Self.base64(chunk)
            }
        }

        private static func base64(_ digests: ArraySlice<Digest>) -> [UInt8] {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(digests.count * 45)
            for digest in digests {
                digest.appendBase64(to: &bytes)
                bytes.append(UInt8(ascii: "\n"))
            }
            return bytes
        }
    }
}

extension FrozenAudience.Rows {
    fileprivate init(_ members: Membership, keepsAddresses: Bool) {
        var digests: [Digest] = []
        var lines: [UInt8] = []
        if !keepsAddresses { digests.reserveCapacity(members.count) }
        members.forEach { digest, address in
            guard keepsAddresses else { return digests.append(digest) }
            lines += address ?? []
            lines.append(UInt8(ascii: "\n"))
        }
        self = keepsAddresses ? .lines(lines) : .digests(digests)
    }
}
