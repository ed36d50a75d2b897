import MusterCore
import MusterStore

/// The answers that list an audience's digests in order, one after the other.
struct DigestPages: Sendable {
    private var digests: FrozenAudience.Digests
    /// Digests that were read and are not told yet.
    private var ahead: [Digest] = []
    private let count: Int
    private let limit: Int

    /// The pages of `audience` behind the digest that `listing` names; reads up to there.
    init(of audience: FrozenAudience, _ listing: DigestListing) throws(LogError) {
        digests = audience.digests
        count = audience.count
        limit = listing.limit
        guard let behind = listing.behind else { return }
        while ahead.isEmpty {
            let piece = try digests.next(limit)
            guard !piece.isEmpty else { return }
            ahead = piece.filter { $0 > behind }
        }
    }

    /// One answer.
    struct Page: Sendable {
        let json: JSON
        let isLast: Bool
    }

    /// The next answer; reads one digest more than it tells, to know whether it is the last.
    mutating func next() throws(LogError) -> Page {
        if ahead.count <= limit { ahead += try digests.next(limit + 1 - ahead.count) }
        let told = ahead.prefix(limit)
        ahead = Array(ahead.dropFirst(limit))
        let next = ahead.isEmpty ? nil : told.last?.hex
        return Page(
            json: [
                "members": .array(told.map { .string($0.hex) }), "next": .text(next),
                "count": .integer(Int64(count)),
            ], isLast: ahead.isEmpty)
    }
}
