import CMuster
import DequeModule

/// Receipts in order of arrival, found by their ids; the oldest goes when the limit is passed.
///
/// All stand in small parts, so that neither growth nor the first change after a copy has to touch
/// all of them at once. Looking for an id that is not there, as nearly every command does, reads one
/// place of memory; a dictionary reads two or three, and keeping an id in it costs as much again.
struct ReceiptWindow: Sendable {
    private struct Entry: Sendable {
        let id: CommandID
        let receipt: Receipt
    }

    private static let partSize = 4096
    /// The most that are asked for before the first of them goes.
    private static let lookAhead: UInt32 = 64

    private let limit: Int
    private var parts: Deque<[Entry]> = []
    /// How many of the first part's entries are gone.
    private var gone = 0
    private(set) var count = 0
    /// The number of the oldest entry, counting all that ever came.
    private var oldest: UInt32 = 0
    private var index = ReceiptIndex()
    /// The number of the first that will go and was not asked for.
    private var foreseen: UInt32 = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// The receipt of this id, whose hash value is given.
    func receipt(of id: CommandID, hash: Int) -> Receipt? {
        let number = index.first(of: hash) { entry($0).id == id }
        return number.map { entry($0).receipt }
    }

    /// Asks for the memory in which an id will be looked for, and for that of one that will go for
    /// it; waits for nothing.
    mutating func prefetch(_ id: CommandID) {
        index.prefetch(id.hash)
        guard count == limit else { return }
        // Nobody asked for those who went for ids that were not foreseen.
        if foreseen &- oldest > Self.lookAhead { foreseen = oldest }
        guard foreseen &- oldest < min(Self.lookAhead, UInt32(count)) else { return }
        index.prefetch(entry(foreseen).id.hash)
        foreseen &+= 1
    }

    mutating func keep(_ receipt: Receipt, of id: CommandID) {
        if parts.last.map({ $0.count == Self.partSize }) ?? true {
            parts.append([])
            parts[parts.count - 1].reserveCapacity(Self.partSize)
        }
        parts[parts.count - 1].append(Entry(id: id, receipt: receipt))
        index.insert(oldest &+ UInt32(count), of: id.hash)
        count += 1
        if count > limit { forgetOldest() }
    }

    func forEach<Failure: Error>(
        _ body: (CommandID, Receipt) throws(Failure) -> Void
    ) throws(Failure) {
        for (index, part) in parts.enumerated() {
            for entry in index == 0 ? part[gone...] : part[...] {
                try body(entry.id, entry.receipt)
            }
        }
    }

    private func entry(_ number: UInt32) -> Entry {
        let place = Int(number &- oldest) + gone
        return parts[place / Self.partSize][place % Self.partSize]
    }

    private mutating func forgetOldest() {
        index.remove(oldest, of: entry(oldest).id.hash)
        oldest &+= 1
        count -= 1
        gone += 1
        guard gone == Self.partSize else { return }
        parts.removeFirst()
        gone = 0
    }
}

/// Numbers by hash value, each at the place that its hash gives or as few places later as are free.
///
/// Hash values are seeded anew in every process, so no choice of ids fills one part or makes one
/// slow; nothing that is kept depends on them.
private struct ReceiptIndex: Sendable {
    private struct Part: Sendable {
        /// What a look ahead needs, which can be read without counting references to the places.
        struct LookAhead {
            /// The address of the first place, which is out of date where a copy was changed;
            /// nothing is read at it.
            var address: UInt = 0
            var mask = 0

            func prefetch(_ mark: UInt32) {
                let place = Int(mark >> 1) & mask
                muster_prefetch(address &+ UInt(place * MemoryLayout<UInt64>.stride))
            }
        }

        /// Each place holds the lower half of a hash above a number; 0 is a free place, which no
        /// entry looks like, because the half's lowest bit is set.
        var places = [UInt64](repeating: 0, count: 16)
        var count = 0
        private(set) var lookAhead = LookAhead()

        private var mask: Int { places.count - 1 }

        func home(of mark: UInt32) -> Int { Int(mark >> 1) & mask }

        func next(_ place: Int) -> Int { (place + 1) & mask }

        func first(of mark: UInt32, where isSought: (UInt32) -> Bool) -> UInt32? {
            let places = places.span
            var place = home(of: mark)
            while places[place] != 0 {
                let number = UInt32(truncatingIfNeeded: places[place])
                if UInt32(places[place] >> 32) == mark, isSought(number) { return number }
                place = next(place)
            }
            return nil
        }

        mutating func insert(_ entry: UInt64) {
            if count * 4 >= places.count * 3 { grow() }
            put(entry)
            count += 1
            lookAhead = LookAhead(address: places.address, mask: mask)
        }

        private mutating func put(_ entry: UInt64) {
            var place = home(of: UInt32(entry >> 32))
            while places[place] != 0 { place = next(place) }
            places[place] = entry
        }

        private mutating func grow() {
            let old = places
            places = [UInt64](repeating: 0, count: old.count * 2)
            for entry in old where entry != 0 { put(entry) }
        }

        mutating func remove(_ entry: UInt64) {
            var hole = home(of: UInt32(entry >> 32))
            while places[hole] != entry {
                guard places[hole] != 0 else { return }
                hole = next(hole)
            }
            count -= 1
            // Those behind it move up, as far as their own places allow.
            var place = next(hole)
            while places[place] != 0 {
                let home = home(of: UInt32(places[place] >> 32))
                if (place - home) & mask >= (place - hole) & mask {
                    places[hole] = places[place]
                    hole = place
                }
                place = next(place)
            }
            places[hole] = 0
        }
    }

    private var parts = [Part](repeating: Part(), count: 256)

    /// The first number of this hash for which `isSought` holds.
    func first(of hash: Int, where isSought: (UInt32) -> Bool) -> UInt32? {
        parts.span[Self.part(of: hash)].first(of: Self.mark(of: hash), where: isSought)
    }

    func prefetch(_ hash: Int) {
        parts.span[Self.part(of: hash)].lookAhead.prefetch(Self.mark(of: hash))
    }

    mutating func insert(_ number: UInt32, of hash: Int) {
        parts[Self.part(of: hash)].insert(UInt64(Self.mark(of: hash)) << 32 | UInt64(number))
    }

    mutating func remove(_ number: UInt32, of hash: Int) {
        parts[Self.part(of: hash)].remove(UInt64(Self.mark(of: hash)) << 32 | UInt64(number))
    }

    private static func part(of hash: Int) -> Int { Int(UInt(bitPattern: hash) >> 56) }

    private static func mark(of hash: Int) -> UInt32 { UInt32(truncatingIfNeeded: hash) | 1 }
}
