/// Some people of a list, in the order of their digests: as many as are read or written at once.
package struct PeopleBlock: Sendable {
    /// Ascending, none twice.
    package private(set) var digests: [Digest] = []
    /// One for each digest where addresses are kept, else none.
    package private(set) var addresses: [[UInt8]] = []

    /// Nobody.
    package init() {}

    /// People whose addresses are not kept.
    package init(_ digests: [Digest]) {
        self.digests = digests
    }

    /// How many people there are.
    package var count: Int { digests.count }

    /// The person at a place.
    package subscript(index: Int) -> Person {
        Person(
            digest: digests[index], address: addresses.isEmpty ? nil : addresses[index])
    }

    /// Takes in one more person, who must come after those who are in; either all have addresses or
    /// none.
    package mutating func append(_ person: Person) {
        digests.append(person.digest)
        if let address = person.address { addresses.append(address) }
    }

    /// Takes over the people at a range of places of another block.
    package mutating func append(_ range: Range<Int>, of other: PeopleBlock) {
        digests += other.digests[range]
        if !other.addresses.isEmpty { addresses += other.addresses[range] }
    }

    /// The first place at or after `start` whose digest is not below `digest`; the count where
    /// there is none.
    package func place(of digest: Digest, from start: Int) -> Int {
        // It is mostly near: look twice as far at each miss.
        let digests = digests.span
        var low = start
        var step = 1
        while low + step <= digests.count, digests[low + step - 1] < digest {
            low += step
            step *= 2
        }
        return (low..<min(low + step - 1, digests.count))
            .firstPlace { digests[$0] >= digest }
    }
}
