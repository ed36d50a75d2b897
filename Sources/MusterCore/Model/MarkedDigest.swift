/// A digest with a number that tells what it stands for.
package struct MarkedDigest: BitwiseCopyable, Comparable, Sendable {
    package let digest: Digest
    package let mark: UInt32

    package init(_ digest: Digest, mark: UInt32) {
        self.digest = digest
        self.mark = mark
    }

    package static func == (left: MarkedDigest, right: MarkedDigest) -> Bool {
        left.digest == right.digest && left.mark == right.mark
    }

    package static func < (left: MarkedDigest, right: MarkedDigest) -> Bool {
        left.digest == right.digest ? left.mark < right.mark : left.digest < right.digest
    }
}

extension [MarkedDigest] {
    /// Sorts by digest, and equal ones by mark; the marks must ascend.
    ///
    /// `spare` lends memory for as many, and keeps it for the next time.
    package mutating func sort(using spare: inout [MarkedDigest]) {
        guard count >= Self.least else { return sort() }
        spare.reserve(count)
        // Digests are uniform, so two steps by a part of their first word leave few that are in the
        // wrong place. Whose digests a client chose are sorted by comparing.
        distribute(to: &spare, by: 64 - 2 * Self.bits)
        spare.distribute(to: &self, by: 64 - Self.bits)
        if !putRight() { sort() }
    }

    /// Fewer are sooner sorted by comparing.
    private static var least: Int { 1 << 10 }
    private static var bits: Int { 11 }

    /// Copies all to the first places of `target` by `bits` bits of the leading word; whose are equal
    /// stay as they are to one another.
    private func distribute(to target: inout [MarkedDigest], by shift: Int) {
        var places = [Int](repeating: 0, count: 1 << Self.bits)
        let mask = UInt64(places.count - 1)
        for person in self { places[Int(person.digest.leadingWord >> UInt64(shift) & mask)] += 1 }
        var start = 0
        for part in places.indices {
            start += places[part]
            places[part] = start - places[part]
        }
        for person in self {
            let part = Int(person.digest.leadingWord >> UInt64(shift) & mask)
            target[places[part]] = person
            places[part] += 1
        }
    }

    /// Makes room for as many.
    private mutating func reserve(_ count: Int) {
        guard self.count != count else { return }
        if self.count > count {
            removeLast(self.count - count)
        } else {
            self += repeatElement(MarkedDigest(.zero, mark: 0), count: count - self.count)
        }
    }

    /// Moves each to its place past those who stand just before it; false, and all still here, where
    /// that are too many.
    private mutating func putRight() -> Bool {
        var moves = count
        for place in 1..<count where self[place] < self[place - 1] {
            let person = self[place]
            var hole = place
            while hole > 0, person < self[hole - 1], moves > 0 {
                self[hole] = self[hole - 1]
                hole -= 1
                moves -= 1
            }
            self[hole] = person
            if moves == 0 { return false }
        }
        return true
    }
}
