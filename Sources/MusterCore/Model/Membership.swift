/// The people of an audience: digests in order, and in an address audience each with its address.
///
/// The digests stand in sorted leaves of at most 512, and the leaves in the order of their first
/// digests. Real digests are uniform, so the leaf is guessed from the leading bits and found in a
/// few steps; digests that a client chose are found by halving, in as many steps as the logarithm
/// of their number: no choice of digests makes it slow. A full leaf splits in two, which moves at
/// most 16 KiB; growth makes no pause. It is a value: a copy shares every leaf until one side
/// changes that leaf.
package struct Membership: Sendable {
    private static let leafLimit = 512
    private var leaves: [Leaf]
    private let keepsAddresses: Bool
    package private(set) var count = 0

    package init(keepsAddresses: Bool) {
        self.keepsAddresses = keepsAddresses
        leaves = [Leaf()]
    }

    /// Takes a person in; false when they were in already.
    package mutating func insert(_ digest: Digest, address: [UInt8]? = nil) -> Bool {
        let index = leafIndex(of: digest)
        let place = leaves[index].place(of: digest)
        guard !place.isTaken else { return false }
        leaves[index].insert(digest, keepsAddresses ? address ?? [] : nil, at: place.index)
        count += 1
        if leaves[index].digests.count == Self.leafLimit {
            leaves.insert(leaves[index].split(), at: index + 1)
        }
        return true
    }

    /// Takes a person out; false when they were not in.
    package mutating func remove(_ digest: Digest) -> Bool {
        let index = leafIndex(of: digest)
        let place = leaves[index].place(of: digest)
        guard place.isTaken else { return false }
        leaves[index].remove(at: place.index)
        count -= 1
        if leaves[index].digests.isEmpty, leaves.count > 1 { leaves.remove(at: index) }
        return true
    }

    /// Whether a person is in.
    package func contains(_ digest: Digest) -> Bool {
        leaves[leafIndex(of: digest)].place(of: digest).isTaken
    }

    /// Everyone, in the order of the digests' bytes; the address where addresses are kept.
    package func forEach<Failure: Error>(
        _ body: (Digest, _ address: [UInt8]?) throws(Failure) -> Void
    ) throws(Failure) {
        for leaf in leaves {
            for (index, digest) in leaf.digests.enumerated() {
                try body(digest, keepsAddresses ? leaf.addresses[index] : nil)
            }
        }
    }

    /// How many are in one set and not in the other, both ways.
    package func difference(from earlier: Membership) -> (added: Int, removed: Int) {
        var common = 0
        var others = earlier.leaves.lazy.flatMap(\.digests).makeIterator()
        var other = others.next()
        forEach { digest, _ in
            while let candidate = other, candidate < digest { other = others.next() }
            if other == digest { common += 1 }
        }
        return (count - common, earlier.count - common)
    }

    /// The last leaf that begins at or before `digest`, or the first leaf.
    private func leafIndex(of digest: Digest) -> Int {
        var low = 0
        var high = leaves.count
        // A uniform digest lies near this leaf: narrow the range around the guess, twice as far at
        // each miss.
        let guess = Int(digest.leadingWord.multipliedFullWidth(by: UInt64(leaves.count)).high)
        var step = 1
        if leaves[guess].begins(after: digest) {
            high = guess
            while high > step, leaves[high - step].begins(after: digest) {
                high -= step
                step *= 2
            }
            low = max(0, high - step)
        } else {
            low = guess
            while low + step < leaves.count, !leaves[low + step].begins(after: digest) {
                low += step
                step *= 2
            }
            high = min(leaves.count, low + step)
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if leaves[middle].begins(after: digest) { high = middle } else { low = middle }
        }
        return low
    }
}

/// A run of digests in order, and their addresses where they are kept.
private struct Leaf: Sendable {
    /// The first digest's leading word, kept beside the array so that most searches need not follow
    /// it.
    var first: UInt64 = 0
    var digests: [Digest] = []
    var addresses: [[UInt8]] = []

    func begins(after digest: Digest) -> Bool {
        if first != digest.leadingWord { return first > digest.leadingWord }
        return digests.first.map { $0 > digest } ?? false
    }

    func place(of digest: Digest) -> (index: Int, isTaken: Bool) {
        var low = 0
        var high = digests.count
        while low < high {
            let middle = (low + high) / 2
            if digests[middle] < digest { low = middle + 1 } else { high = middle }
        }
        return (low, low < digests.count && digests[low] == digest)
    }

    mutating func insert(_ digest: Digest, _ address: [UInt8]?, at index: Int) {
        digests.insert(digest, at: index)
        if let address { addresses.insert(address, at: index) }
        if index == 0 { first = digest.leadingWord }
    }

    mutating func remove(at index: Int) {
        digests.remove(at: index)
        if !addresses.isEmpty { addresses.remove(at: index) }
        if index == 0 { first = digests.first?.leadingWord ?? 0 }
    }

    /// Keeps the lower half and returns the upper.
    mutating func split() -> Leaf {
        let middle = digests.count / 2
        var upper = Leaf()
        upper.digests = Array(digests[middle...])
        upper.first = upper.digests.first?.leadingWord ?? 0
        digests = Array(digests[..<middle])
        if !addresses.isEmpty {
            upper.addresses = Array(addresses[middle...])
            addresses = Array(addresses[..<middle])
        }
        return upper
    }
}
