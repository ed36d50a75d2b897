package import MusterCore

/// Someone who is in one of two lists only.
package enum ListDifference: Hashable, Sendable {
    /// In the later one.
    case came(Person)
    /// In the earlier one.
    case left(Person)
}

/// Walks over everybody who is in one of two lists and not in the other, in the order of their
/// digests, and holds neither list; a copy walks by itself.
package struct ListDifferences: Sendable {
    private var earlier: PersonCursor
    private var later: PersonCursor
    private var was: Person?
    private var now: Person?
    private var hasBegun = false

    init(from earlier: MergedPeople, to later: MergedPeople) {
        self.earlier = PersonCursor(earlier)
        self.later = PersonCursor(later)
    }

    /// The next of them; throws `.snapshot` where a snapshot turns out damaged.
    package mutating func next() throws(LogError) -> ListDifference? {
        if !hasBegun {
            (was, now) = (try earlier.next(), try later.next())
            hasBegun = true
        }
        while let left = was, let came = now, left.digest == came.digest {
            (was, now) = (try earlier.next(), try later.next())
        }
        if let left = was, now.map({ left.digest < $0.digest }) ?? true {
            was = try earlier.next()
            return .left(left)
        }
        guard let came = now else { return nil }
        now = try later.next()
        return .came(came)
    }
}
