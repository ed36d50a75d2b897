package import MusterCore

/// The exact list that an upload sends: one row for each member, sorted by digest, each row ended
/// by a line feed.
///
/// A row of a `hashedEmail` audience is the base64 of the digest, one of an `email` audience the
/// normalised address. The rows are not held: they are read again from the snapshot they came from,
/// whose file stays open with this, and merged with what the log changed since.
package struct FrozenAudience: Sendable {
    /// The most bytes of a chunk; most have nearly as many.
    package static let chunkSize = 256 << 10

    /// How many chunks a thread makes before it hands them over: waking another takes about as long
    /// as making one.
    package static let chunksAtOnce = 4

    /// How many digests have room in a chunk as rows: a list is read by as many.
    static let digestsInChunk = chunkSize / Digest.base64LineSize

    /// The most bytes of a row with its line feed.
    static func rowLimit(withAddresses: Bool) -> Int {
        withAddresses ? Email.limit + 1 : Digest.base64LineSize
    }

    package let position: Position
    package let count: Int
    /// The bytes of all rows.
    package let bytes: UInt64
    /// SHA-256 of those bytes.
    package let digest: Digest
    private let people: MergedPeople
    private let seal: RowSeal
    /// Those of the chunks, in their order.
    private let tags: [[UInt8]]

    /// The list whose rows were all read, under that seal.
    init(
        _ rows: ListRows, of people: MergedPeople, _ seal: RowSeal, at position: Position
    ) {
        self.position = position
        self.people = people
        self.seal = seal
        tags = rows.tags
        count = rows.count
        bytes = rows.bytes
        digest = rows.digest
    }

    /// The bytes to send, chunk by chunk, from the first on.
    package var chunks: Chunks {
        Chunks(of: self, RowChunks(people.unproven, seal))
    }

    /// The digests in order, from the first on.
    package var digests: Digests { Digests(people: PersonCursor(people)) }

    /// Whether the rows are addresses.
    package var keepsAddresses: Bool { people.keepsAddresses }

    /// Walks over everybody who is in one of two lists and not in the other.
    package func differences(to later: FrozenAudience) -> ListDifferences {
        ListDifferences(from: people, to: later.people)
    }

    /// Walks over the bytes of a list; a copy walks by itself.
    package struct Chunks: Sendable {
        private var rows: RowChunks
        private let tags: [[UInt8]]
        private let position: Position
        private var given = 0

        fileprivate init(of list: FrozenAudience, _ rows: RowChunks) {
            self.rows = rows
            tags = list.tags
            position = list.position
        }

        /// The next bytes, or nil behind the last.
        ///
        /// Each chunk is given only where it is the one that was frozen, so whoever waits for
        /// `bytes` bytes never has a list that is not the frozen one.
        package mutating func next() throws(LogError) -> [UInt8]? {
            let chunk = try rows.next()
            guard chunk?.tag == (given < tags.count ? tags[given] : nil) else {
                throw .listDiffers(position)
            }
            given += 1
            return chunk?.bytes
        }
    }

    /// Walks over the digests of a list; a copy walks by itself.
    package struct Digests: Sendable {
        fileprivate var people: PersonCursor

        /// The next `limit` digests; fewer only at the end of the list.
        package mutating func next(_ limit: Int) throws(LogError) -> [Digest] {
            var digests: [Digest] = []
            while digests.count < limit, let person = try people.next() {
                digests.append(person.digest)
            }
            return digests
        }
    }
}
