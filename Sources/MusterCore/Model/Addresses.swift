/// The addresses of a shard's digests, slot by slot, one after the other in one array.
struct Addresses: Sendable {
    /// For each slot one more than where its address begins in `text`; 0 where there is none.
    private var places: [UInt32] = []
    /// Each address after a byte that says its length.
    private var text: [UInt8] = []
    /// The bytes of `text` whose members have left.
    private var unused = 0

    subscript(slot: Int) -> [UInt8]? {
        guard places[slot] > 0 else { return nil }
        let start = Int(places[slot])
        return Array(text[start..<start + Int(text[start - 1])])
    }

    /// Puts an address between two slots.
    mutating func insert(_ address: [UInt8]?, at slot: Int) {
        places.insert(append(address), at: slot)
    }

    /// Puts an address at a slot, and those from there on one further, up to a free slot.
    mutating func insert(_ address: [UInt8]?, at slot: Int, to free: Int) {
        places.moveUp(slot, to: free)
        places[slot] = append(address)
    }

    /// Takes out a slot.
    mutating func remove(at slot: Int) {
        forget(slot)
        places.remove(at: slot)
        compact()
    }

    /// Takes out the address at a slot, and moves those after it one back, down from `last`.
    mutating func remove(at slot: Int, from last: Int) {
        forget(slot)
        places.moveDown(slot, from: last)
        places[last] = 0
        compact()
    }

    /// Follows digests, in the same order, from slots to other slots; zero is a free slot.
    mutating func move(from old: [Digest], to new: [Digest]) {
        var moved: [UInt32] = []
        moved.reserveCapacity(new.count)
        var slot = 0
        for digest in new {
            guard !digest.isZero else {
                moved.append(0)
                continue
            }
            while old[slot].isZero { slot += 1 }
            moved.append(places[slot])
            slot += 1
        }
        places = moved
    }

    /// The addresses of a range of slots alone.
    func part(_ slots: Range<Int>) -> Addresses {
        var part = Addresses()
        part.places.reserveCapacity(slots.count)
        for slot in slots { part.places.append(part.append(self[slot])) }
        return part
    }

    private mutating func append(_ address: [UInt8]?) -> UInt32 {
        guard let address else { return 0 }
        precondition(address.count <= Email.limit, "an address is longer than any")
        let size = text.count + address.count + 1
        // An array left alone would double.
        if size > text.capacity { text.reserveCapacity(size + size / 8) }
        text.append(UInt8(address.count))
        let place = UInt32(text.count)
        text.append(contentsOf: address)
        return place
    }

    private mutating func forget(_ slot: Int) {
        guard places[slot] > 0 else { return }
        unused += Int(text[Int(places[slot]) - 1]) + 1
    }

    private mutating func compact() {
        guard unused > text.count / 2 else { return }
        self = part(places.indices)
    }
}

extension Array where Element: BitwiseCopyable {
    /// Moves what stands from `slot` on one up, over what stands at `free`.
    mutating func moveUp(_ slot: Int, to free: Int) {
        var elements = mutableSpan
        var index = free
        while index > slot {
            elements[index] = elements[index - 1]
            index -= 1
        }
    }

    /// Moves what stands after `slot`, up to `last`, one down.
    mutating func moveDown(_ slot: Int, from last: Int) {
        var elements = mutableSpan
        var index = slot
        while index < last {
            elements[index] = elements[index + 1]
            index += 1
        }
    }
}
