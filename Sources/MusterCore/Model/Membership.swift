/// The people of an audience: digests in order, and in an address audience each with its address.
///
/// The digests stand in shards, and the shards in the order of their first possible digests. Real
/// digests are uniform, so a shard is guessed from the leading bits and found in a few steps;
/// digests that a client chose are found by halving: no choice of them makes it slow. A full shard
/// splits in two, which moves some 128 KiB, so growth makes no pause. It is a value: a copy shares
/// every shard until one side changes that shard.
///
/// The digest of zeros stands for erased people and is never a member.
package struct Membership: Sendable {
    /// The digest at which each shard begins, ascending; the first is zero.
    private var starts: [Digest]
    private var shards: [Shard]
    package private(set) var count = 0

    package init(keepsAddresses: Bool) {
        starts = [.zero]
        shards = [Shard(keepsAddresses: keepsAddresses)]
    }

    /// Takes a person in; false when they were in already.
    ///
    /// An address has at most `Email.limit` bytes, and is forgotten where addresses are not kept.
    package mutating func insert(_ digest: Digest, address: [UInt8]? = nil) -> Bool {
        insert(digest, address: address, at: shardIndex(of: digest))
    }

    /// As above, of a person who probably belongs to the shard `near` or to the next; it is then where
    /// they were found to belong.
    mutating func insert(_ digest: Digest, near: inout Int) -> Bool {
        if !isPlace(near, of: digest) {
            near = isPlace(near + 1, of: digest) ? near + 1 : shardIndex(of: digest)
        }
        return insert(digest, address: nil, at: near)
    }

    /// Takes in many people in the order of their digests, who keep no address, and calls `isNew` with
    /// the mark of each who was not in.
    mutating func insert(_ people: Span<MarkedDigest>, isNew: (UInt32) -> Void) {
        var start = 0
        while start < people.count, people[start].digest.isZero { start += 1 }
        var index = 0
        while start < people.count {
            while !isPlace(index, of: people[start].digest) { index += 1 }
            let end =
                index + 1 < starts.count
                ? (start..<people.count).firstPlace { people[$0].digest >= starts[index + 1] }
                : people.count
            if (end - start) * Self.fewOf < shards[index].count {
                for place in start..<end where insert(people[place].digest, near: &index) {
                    isNew(people[place].mark)
                }
            } else {
                merge(people.extracting(start..<end), index, isNew)
            }
            start = end
        }
    }

    /// For one new member among as many, a shard is not made anew.
    private static let fewOf = 16

    private mutating func merge(
        _ people: Span<MarkedDigest>, _ index: Int, _ isNew: (UInt32) -> Void
    ) {
        let before = shards[index].count
        let behind = shards[index].merge(people, isNew: isNew)
        starts.insert(contentsOf: behind.map(\.start), at: index + 1)
        shards.insert(contentsOf: behind.map(\.shard), at: index + 1)
        count += shards[index...index + behind.count].reduce(-before) { $0 + $1.count }
    }

    private func isPlace(_ index: Int, of digest: Digest) -> Bool {
        index < starts.count && starts[index] <= digest
            && (index + 1 == starts.count || digest < starts[index + 1])
    }

    private mutating func insert(_ digest: Digest, address: [UInt8]?, at index: Int) -> Bool {
        guard !digest.isZero else { return false }
        var index = index
        while true {
            switch shards[index].insert(digest, address: address) {
            case .unchanged: return false
            case .done:
                count += 1
                return true
            case .needsSplit:
                split(index, for: digest)
                index = shardIndex(of: digest)
            }
        }
    }

    /// Takes in people who all come after everybody who is in, as from a file.
    ///
    /// Traps where they do not.
    package mutating func append(_ people: PeopleBlock) {
        var place = 0
        while place < people.count {
            let last = shards.count - 1
            let taken = shards[last].append(people, from: place)
            place += taken
            count += taken
            if place < people.count { split(last, for: people.digests[place]) }
        }
    }

    /// Takes a person out; false when they were not in.
    package mutating func remove(_ digest: Digest) -> Bool {
        guard !digest.isZero else { return false }
        while true {
            let index = shardIndex(of: digest)
            switch shards[index].remove(digest) {
            case .unchanged: return false
            case .done:
                count -= 1
                return true
            case .needsSplit: split(index, for: digest)
            }
        }
    }

    /// Asks for the memory in which a person will be looked for, which is mostly far from the
    /// processor: some dozen looks ahead of that, all of them wait at the same time.
    func prefetch(_ digest: Digest) {
        // A call on the shard itself would copy it, which counts references to its slots: that would
        // wait for the very memory that is asked for.
        shards.span[shardIndex(of: digest)].home.prefetch(digest)
    }

    /// How far ahead of a look memory is asked for.
    static let lookAhead = 8

    /// Whether a person is in.
    package func contains(_ digest: Digest) -> Bool {
        !digest.isZero && shards.span[shardIndex(of: digest)].slot(of: digest) != nil
    }

    /// A member's address, where addresses are kept.
    package func address(of digest: Digest) -> [UInt8]? {
        let shard = shards[shardIndex(of: digest)]
        return shard.slot(of: digest).flatMap { shard.address(at: $0) }
    }

    /// Everyone, in the order of the digests' bytes; the address where addresses are kept.
    package func forEach<Failure: Error>(
        _ body: (Digest, _ address: [UInt8]?) throws(Failure) -> Void
    ) throws(Failure) {
        for shard in shards {
            var slot = 0
            while let (digest, next) = shard.next(from: slot) {
                try body(digest, shard.address(at: next - 1))
                slot = next
            }
        }
    }

    /// How many are in one set and not in the other, both ways.
    package func difference(from earlier: Membership) -> (added: Int, removed: Int) {
        var common = 0
        var others = earlier.people
        var other = others.next()?.digest
        forEach { digest, _ in
            while let candidate = other, candidate < digest { other = others.next()?.digest }
            if other == digest { common += 1 }
        }
        return (count - common, earlier.count - common)
    }

    private mutating func split(_ index: Int, for digest: Digest) {
        let (start, upper) = shards[index].split(for: digest)
        starts.insert(start, at: index + 1)
        shards.insert(upper, at: index + 1)
    }

    /// The last shard that begins at or before `digest`.
    private func shardIndex(of digest: Digest) -> Int {
        var low = 0
        var high = starts.count
        // People that come in order, as from a file, belong to the last.
        if starts[high - 1] <= digest { return high - 1 }
        // A uniform digest lies near this shard: narrow the range around the guess, twice as far at
        // each miss.
        let guess = Int(digest.leadingWord.multipliedFullWidth(by: UInt64(starts.count)).high)
        var step = 1
        if starts[guess] > digest {
            high = guess
            while high > step, starts[high - step] > digest {
                high -= step
                step *= 2
            }
            low = max(0, high - step)
        } else {
            low = guess
            while low + step < starts.count, starts[low + step] <= digest {
                low += step
                step *= 2
            }
            high = min(starts.count, low + step)
        }
        return (low + 1..<high).firstPlace { starts[$0] > digest } - 1
    }
}

extension Membership {
    /// Gives everybody in two sets, those before a digest and those from it on, and leaves nobody.
    ///
    /// `join` takes them back. Of few people all are in the second set.
    mutating func takeHalves() -> (first: Membership, middle: Digest, second: Membership) {
        let half = shards.count / 2
        let first = Membership(
            starts: half == 0 ? [.zero] : Array(starts[..<half]),
            shards: half == 0 ? [Shard(keepsAddresses: false)] : Array(shards[..<half]))
        let second = Membership(starts: Array(starts[half...]), shards: Array(shards[half...]))
        let middle = starts[half]
        self = Membership(starts: [], shards: [])
        return (first, middle, second)
    }

    /// Takes back what `takeHalves` gave, to which people may have come.
    mutating func join(_ first: Membership, _ second: Membership) {
        self = second.starts.first == .zero ? second : first
        guard second.starts.first != .zero else { return }
        starts += second.starts
        shards += second.shards
        count += second.count
    }

    private init(starts: [Digest], shards: [Shard]) {
        self.starts = starts
        self.shards = shards
        count = shards.reduce(0) { $0 + $1.count }
    }
}

extension Membership {
    /// Everyone, one after the other, in the order of the digests' bytes.
    package var people: People { People(of: shards) }

    /// Walks over people; a copy walks by itself.
    package struct People: IteratorProtocol, Sendable {
        private let shards: [Shard]
        private var index = 0
        private var slot = 0

        fileprivate init(of shards: [Shard]) {
            self.shards = shards
        }

        package mutating func next() -> Person? {
            while index < shards.count {
                if let (digest, next) = shards[index].next(from: slot) {
                    slot = next
                    return Person(digest: digest, address: shards[index].address(at: next - 1))
                }
                index += 1
                slot = 0
            }
            return nil
        }
    }
}
