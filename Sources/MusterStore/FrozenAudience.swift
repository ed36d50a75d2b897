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

    /// The list whose rows were all read.
    init(_ rows: ListRows, of people: MergedPeople, at position: Position) {
        self.position = position
        self.people = people
        count = rows.count
        bytes = rows.bytes
        digest = rows.digest
    }

    /// The bytes to send, chunk by chunk, from the first on.
    package var chunks: Chunks { Chunks(of: self, ListRows(people.unproven)) }

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
        private var rows: ListRows
        private let position: Position
        private let bytes: UInt64
        private let digest: Digest

        fileprivate init(of list: FrozenAudience, _ rows: ListRows) {
            self.rows = rows
            position = list.position
            bytes = list.bytes
            digest = list.digest
        }

        /// The next bytes, or nil behind the last.
        ///
        /// The last ones are given only where all of them together are those that were frozen, so
        /// whoever waits for `bytes` bytes never has a list that is not the frozen one.
        package mutating func next() throws(LogError) -> [UInt8]? {
            let chunk = try rows.next()
            if chunk == nil || rows.bytes >= bytes {
                guard rows.bytes == bytes, rows.digest == digest else {
                    throw .listDiffers(position)
                }
            }
            return chunk
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
