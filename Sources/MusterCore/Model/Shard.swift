import CMuster

/// Part of a membership: the digests between two leading words, in order, at most 4096.
///
/// It has two forms. *Spread*, each digest stands at the slot that its leading word gives, or as
/// few slots later as the others allow (Robin Hood hashing without a hash); since the slot grows
/// with the word, the slots are in order of digest. With 80 to 88 slots of a hundred in use this
/// costs 37 to 40 bytes a member and a few steps, as long as the digests are uniform. *Packed*,
/// they stand side by side and are found by halving. A shard is packed while it is small, while it
/// is filled in order, and where digests that a client chose crowd around few slots; a packed shard
/// that would have to move more than 16 KiB for a change is spread or, crowded, split. Shards never
/// merge, so nothing can be made to split again and again.
struct Shard: Sendable {
    /// What a change came to.
    enum Change {
        case done
        case unchanged
        /// Nothing changed: split the shard, then ask the half.
        case needsSplit
    }

    /// The most digests of a shard.
    private static let limit = 4096
    /// The digests of a shard that is filled in order, so that the first who come later need no split.
    private static let filling = 3072
    /// The most digests that a change of a packed shard moves.
    private static let packedMove = 512
    /// The farthest that a change of a spread shard looks for a free slot.
    private static let reach = 512
    /// The farthest that a digest may stand from its slot in a shard newly spread.
    private static let drift = 128

    private(set) var count: Int
    /// Digests ascending; zero is a free slot, and stands only in a spread shard.
    private var slots: [Digest]
    private var addresses: Addresses?
    /// The leading words that may come, both included.
    private let low: UInt64
    private let high: UInt64
    /// What a look ahead needs, which can be read without counting references to the slots.
    private(set) var home = Home()

    /// Where the slots of a spread shard lie.
    struct Home {
        /// How slots are found; nil when packed.
        fileprivate var scale: Scale?
        /// The address of the first slot, which is out of date where a copy was changed; nothing is
        /// read at it.
        fileprivate var address: UInt = 0

        /// Asks for the memory in which a digest would be looked for first, and for the head of the
        /// slots, which a change looks at too.
        func prefetch(_ digest: Digest) {
            guard let scale else { return }
            // Only addresses are computed, and the processor ignores one that it cannot have. A
            // digest mostly has its free slot within twelve lines of memory.
            let slot = address &+ UInt(scale.slot(of: digest) * MemoryLayout<Digest>.stride)
            for line: UInt in 0..<12 { muster_prefetch(slot &+ 64 &* line) }
            muster_prefetch(address &- 32)
        }
    }

    private var scale: Scale? {
        get { home.scale }
        set { home.scale = newValue }
    }

    /// An empty shard for every digest.
    init(keepsAddresses: Bool) {
        self.init(
            packed: [], addresses: keepsAddresses ? Addresses() : nil, low: 0, high: .max)
    }

    private init(packed: [Digest], addresses: Addresses?, low: UInt64, high: UInt64) {
        count = packed.count
        slots = packed
        self.addresses = addresses
        self.low = low
        self.high = high
    }

    /// Where a digest stands, if it does.
    func slot(of digest: Digest) -> Int? {
        let slot = place(of: digest)
        return slot < slots.count && slots[slot] == digest ? slot : nil
    }

    /// The first digest at or after a slot, and the slot after it.
    func next(from slot: Int) -> (Digest, next: Int)? {
        var slot = slot
        while slot < slots.count {
            let digest = slots[slot]
            slot += 1
            if !digest.isZero { return (digest, slot) }
        }
        return nil
    }

    /// The address at a slot that is in use, where addresses are kept.
    func address(at slot: Int) -> [UInt8]? {
        addresses?[slot]
    }

    mutating func insert(_ digest: Digest, address: [UInt8]?) -> Change {
        let place = place(of: digest)
        if place < slots.count, slots[place] == digest { return .unchanged }
        if count < Self.limit {
            if let scale {
                if count < scale.ceiling, let free = freeSlot(from: place) {
                    put(digest, address, at: place, to: free)
                    return .done
                }
            } else if count - place <= Self.packedMove {
                slots.insert(digest, at: place)
                addresses?.insert(address, at: place)
                count += 1
                return .done
            }
        }
        return makeRoom() ? insert(digest, address: address) : .needsSplit
    }

    /// Takes in people from a place of a block on, as many as there is room for, and returns how
    /// many; the shard must be packed, and they must come after all of it.
    mutating func append(_ people: PeopleBlock, from start: Int) -> Int {
        precondition(
            scale == nil && (slots.last ?? .zero) < people.digests[start],
            "people do not come after those who are in")
        let taken = start..<min(start + max(0, Self.filling - count), people.count)
        if slots.isEmpty, taken.count < people.count { slots.reserveCapacity(Self.filling) }
        slots += people.digests[taken]
        if addresses != nil {
            for index in taken {
                addresses?.insert(people[index].address, at: count + index - start)
            }
        }
        count += taken.count
        return taken.count
    }

    /// Takes in people in order, all of whom belong here and keep no address, and calls `isNew` with
    /// the mark of each who was not in; returns the shards behind this one where it had to part.
    mutating func merge(
        _ people: Span<MarkedDigest>, isNew: (UInt32) -> Void
    ) -> [(start: Digest, shard: Shard)] {
        let merged = slots.span.merged(with: people, capacity: count + people.count, isNew)
        guard merged.count > count else { return [] }
        let parts = merged.count > Self.limit ? merged.count / Self.filling + 1 : 1
        let cuts = (0...parts).map { merged.count * $0 / parts }
        var behind: [(start: Digest, shard: Shard)] = []
        for part in 1..<parts {
            let start = merged[cuts[part]]
            let high = part + 1 < parts ? merged[cuts[part + 1]].leadingWord : high
            var shard = Shard(
                packed: Array(merged[cuts[part]..<cuts[part + 1]]), addresses: nil,
                low: start.leadingWord, high: high)
            shard.settle(.atRest)
            behind.append((start, shard))
        }
        self = Shard(
            packed: parts == 1 ? merged : Array(merged[..<cuts[1]]), addresses: nil, low: low,
            high: behind.first?.start.leadingWord ?? high)
        settle(.atRest)
        return behind
    }

    mutating func remove(_ digest: Digest) -> Change {
        guard let slot = slot(of: digest) else { return .unchanged }
        if let scale {
            let last = lastMoved(after: slot, scale)
            slots.moveDown(slot, from: last)
            slots[last] = .zero
            addresses?.remove(at: slot, from: last)
            count -= 1
            if count < scale.floor { settle(.growing) }
            return .done
        }
        guard count - slot <= Self.packedMove else {
            return spread(.growing) ? remove(digest) : .needsSplit
        }
        slots.remove(at: slot)
        addresses?.remove(at: slot)
        count -= 1
        if count == 0 { slots = [] }
        return .done
    }

    /// Keeps the lower half and returns the upper with its first digest; or, where shards are
    /// filled in order, keeps all and returns an empty one that begins at `digest`.
    mutating func split(for digest: Digest) -> (start: Digest, upper: Shard) {
        let isFilledInOrder = scale == nil && place(of: digest) == count
        pack()
        let cut = isFilledInOrder ? count : count / 2
        let start = isFilledInOrder ? digest : slots[cut]
        var upper = Shard(
            packed: Array(slots[cut...]), addresses: addresses?.part(cut..<count),
            low: start.leadingWord, high: high)
        // Digests of the same leading word may stand on both sides.
        self = Shard(
            packed: Array(slots[..<cut]), addresses: addresses?.part(0..<cut),
            low: low, high: start.leadingWord)
        settle(isFilledInOrder ? .atRest : .growing)
        upper.settle(.growing)
        return (start, upper)
    }

    /// The slot of the first digest that is not below `digest`, or where it would go.
    private func place(of digest: Digest) -> Int {
        let slots = slots.span
        if let scale {
            var slot = scale.slot(of: digest)
            while slot < slots.count, !slots[slot].isZero, slots[slot] < digest { slot += 1 }
            return slot
        }
        guard count > 0, digest <= slots[count - 1] else { return count }
        return (0..<count).firstPlace { slots[$0] >= digest }
    }

    private mutating func put(_ digest: Digest, _ address: [UInt8]?, at slot: Int, to free: Int) {
        slots.moveUp(slot, to: free)
        slots[slot] = digest
        home.address = slots.address
        addresses?.insert(address, at: slot, to: free)
        count += 1
    }

    private func freeSlot(from slot: Int) -> Int? {
        let slots = slots.span
        for slot in slot..<min(slots.count, slot + Self.reach) where slots[slot].isZero {
            return slot
        }
        return nil
    }

    /// The last digest after `slot` that a free slot there would let stand nearer to its own.
    private func lastMoved(after slot: Int, _ scale: Scale) -> Int {
        let slots = slots.span
        var last = slot
        while last + 1 < slots.count, !slots[last + 1].isZero,
            scale.slot(of: slots[last + 1]) <= last
        {
            last += 1
        }
        return last
    }

    /// Makes the next change of this shard possible, or says that only a split can.
    private mutating func makeRoom() -> Bool {
        guard count < Self.limit else { return false }
        guard let scale else { return spread(.growing) }
        if scale.capacity < Scale.capacity(for: count, .growing), spread(.growing) { return true }
        // More slots were no help: the digests crowd.
        pack()
        return count <= Self.packedMove
    }

    /// Takes the form that suits what there is.
    private mutating func settle(_ room: Scale.Room) {
        if count <= Self.packedMove || !spread(room) { pack() }
    }

    private mutating func pack() {
        guard scale != nil else { return }
        let packed = [Digest](capacity: count) { output in
            for digest in slots where !digest.isZero { output.append(digest) }
        }
        addresses?.move(from: slots, to: packed)
        slots = packed
        scale = nil
    }

    /// Spreads the digests; false, and nothing changed, where they would crowd.
    private mutating func spread(_ room: Scale.Room) -> Bool {
        guard let scale = Scale(members: count, words: low...high, room) else { return false }
        var placed = 0
        let spread = [Digest](capacity: scale.slots) { output in
            for digest in slots where !digest.isZero {
                let slot = scale.slot(of: digest)
                while output.count < slot { output.append(.zero) }
                guard output.count < scale.slots, output.count - slot <= Self.drift else { return }
                output.append(digest)
                placed += 1
            }
            while output.count < scale.slots { output.append(.zero) }
        }
        guard placed == count else { return false }
        addresses?.move(from: slots, to: spread)
        slots = spread
        self.scale = scale
        home.address = slots.address
        return true
    }
}

extension Span where Element == Digest {
    /// The digests here that are not zero, which ascend, and those of `people`, each once; `isNew`
    /// is called with the mark of each of `people` who is not here.
    fileprivate func merged(
        with people: Span<MarkedDigest>, capacity: Int, _ isNew: (UInt32) -> Void
    ) -> [Digest] {
        [Digest](capacity: capacity) { output in
            var slot = 0
            var last = Digest.zero
            for place in people.indices {
                let person = people[place]
                while slot < count, self[slot] <= person.digest {
                    if !self[slot].isZero {
                        last = self[slot]
                        output.append(last)
                    }
                    slot += 1
                }
                guard person.digest != last else { continue }
                last = person.digest
                output.append(last)
                isNew(person.mark)
            }
            for slot in slot..<count where !self[slot].isZero { output.append(self[slot]) }
        }
    }
}

/// Which slot of a spread shard a digest belongs to.
private struct Scale {
    /// How many slots digests belong to; a few more take what is pushed past the last.
    let capacity: Int
    private let low: UInt64
    /// Slots for each step of the leading word, in units of 2 to the -64.
    private let rate: UInt64

    /// Nil where there are fewer words than slots.
    init?(members: Int, words: ClosedRange<UInt64>, _ room: Room) {
        capacity = Self.capacity(for: members, room)
        low = words.lowerBound
        let steps = words.upperBound - low
        guard steps >= UInt64(capacity) else { return nil }
        rate =
            steps == .max
            ? UInt64(capacity)
            : (steps + 1).dividingFullWidth((UInt64(capacity), 0)).quotient
    }

    /// How much room there is for more.
    enum Room {
        /// Fifteen slots for thirteen members: many came in at once, and few may follow.
        case atRest
        /// Five slots for four.
        case growing
    }

    static func capacity(for members: Int, _ room: Room) -> Int {
        switch room {
        case .atRest: (members + 1) * 15 / 13
        case .growing: (members + 1) * 5 / 4
        }
    }

    var slots: Int { capacity + capacity / 128 + 16 }
    /// The most members before more slots are needed.
    var ceiling: Int { capacity * 22 / 25 }
    /// The fewest members before there are too many slots.
    var floor: Int { capacity * 3 / 8 }

    func slot(of digest: Digest) -> Int {
        Int((digest.leadingWord - low).multipliedFullWidth(by: rate).high)
    }
}
