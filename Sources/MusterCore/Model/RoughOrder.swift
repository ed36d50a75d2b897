/// The order of digests' first bits, in which neighbours of a large set come one after another; to
/// take people in like that waits for memory far less often.
enum RoughOrder {
    /// Two thousand parts: of ten million people each has about as many as fit the processor's own
    /// memory.
    private static let bits = 11

    /// Of fewer people the order takes longer than it spares.
    static let least = 1 << 10

    /// Copies people to the first places of `ordered`, which has as many at least; those whose first
    /// bits are equal stay as they are to one another.
    static func copy<Element: BitwiseCopyable>(
        _ people: [Element], to ordered: inout [Element], by digest: (Element) -> Digest
    ) {
        var places = [Int](repeating: 0, count: 1 << bits)
        for person in people { places[part(of: digest(person))] += 1 }
        var start = 0
        for part in places.indices {
            start += places[part]
            places[part] = start - places[part]
        }
        for person in people {
            let part = part(of: digest(person))
            ordered[places[part]] = person
            places[part] += 1
        }
    }

    private static func part(of digest: Digest) -> Int {
        Int(digest.leadingWord >> UInt64(64 - bits))
    }
}

extension Membership {
    /// Takes in people who keep no address, many at once, which is sooner done than one by one.
    package mutating func insert(_ people: [Digest]) {
        guard people.count >= RoughOrder.least else {
            for digest in people { _ = insert(digest) }
            return
        }
        var ordered = people
        RoughOrder.copy(people, to: &ordered) { $0 }
        var near = 0
        for digest in ordered { _ = insert(digest, near: &near) }
    }
}
