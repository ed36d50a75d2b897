import MusterCore
import MusterStore

/// The answers that list an audience's digests in order, one after the other.
struct DigestPages: Sendable {
    /// What is still to be read; nil where all of it is ahead already.
    private var digests: FrozenAudience.Digests?
    /// Digests that were read and are not told yet.
    private var ahead: ArraySlice<Digest> = []
    private let count: Int
    private let limit: Int

    /// The pages of `audience` behind the digest that `listing` names; reads up to there.
    init(of audience: FrozenAudience, _ listing: DigestListing) throws(LogError) {
        var digests = audience.digests
        count = audience.count
        limit = listing.limit
        if let behind = listing.behind {
            while ahead.isEmpty {
                let piece = try digests.next(limit)
                guard !piece.isEmpty else { break }
                ahead = piece.filter { $0 > behind }[...]
            }
        }
        self.digests = digests
    }

    /// The pages of `people`, who are in order, behind the digest that `listing` names.
    init(of people: [Digest], _ listing: DigestListing) {
        count = people.count
        limit = listing.limit
        ahead = listing.behind.map { behind in people.drop { $0 <= behind } } ?? people[...]
    }

    /// The pages that `listing` asks for, of the list that `source` has.
    static func read(
        _ listing: DigestListing, from source: AudienceSource
    ) throws(LogError) -> DigestPages {
        guard let commands = listing.addedBy else {
            return try DigestPages(of: source.read().audience, listing)
        }
        return DigestPages(of: try source.stayed(since: commands), listing)
    }

    /// One answer.
    struct Page: Sendable {
        let json: JSON
        let isLast: Bool
    }

    /// The next answer; reads one digest more than it tells, to know whether it is the last.
    mutating func next() throws(LogError) -> Page {
        if ahead.count <= limit, let more = try digests?.next(limit + 1 - ahead.count) {
            ahead += more
        }
        let told = ahead.prefix(limit)
        ahead = ahead.dropFirst(limit)
        let next = ahead.isEmpty ? nil : told.last?.hex
        return Page(
            json: [
                "members": .array(told.map { .string($0.hex) }), "next": .text(next),
                "count": .integer(Int64(count)),
            ], isLast: ahead.isEmpty)
    }
}
