import MusterCore

/// The people of one list in the order of their digests: those of a snapshot, with what the log
/// changed since.
///
/// Of the snapshot no more than a piece is in memory. A copy walks by itself, so a value that was
/// never asked stands for the whole list, again and again.
struct MergedPeople: Sendable {
    let keepsAddresses: Bool
    /// The most people of a block: as many as a chunk of rows has room for, of addresses a quarter.
    let blockLimit: Int
    /// How many people there are, but for those who came or left without a change.
    let likelyCount: Int
    /// Where the snapshot's people are read on; nil behind the last of them.
    private var base: PeopleFile.People?
    /// People of the snapshot who were read, those before `place` given already.
    private var block = PeopleBlock()
    private var place = 0
    private var changes: MergedChanges
    private var nextChange: ListChange?
    private var hasBegun = false

    /// All of the changes must be in runs.
    init(_ base: PeopleFile?, _ changes: ListChanges) {
        precondition(changes.recentCount == 0, "changes are in no run")
        keepsAddresses = changes.keepsAddresses
        blockLimit =
            keepsAddresses
            ? FrozenAudience.chunkSize / 4 / FrozenAudience.rowLimit(withAddresses: true)
            : FrozenAudience.digestsInChunk
        self.base = changes.isBased ? base?.people : nil
        let based = changes.isBased ? base?.count ?? 0 : 0
        likelyCount = max(
            0, changes.runs.reduce(based) { $0 + $1.came.count - $1.left.count })
        self.changes = MergedChanges(changes.runs)
    }

    /// The same without looking at the digest of the snapshot's file, for whoever compares what
    /// comes of them.
    var unproven: MergedPeople {
        var people = self
        people.base = base?.unproven
        return people
    }

    /// The next people, never nobody; nil at the end.
    ///
    /// Throws `.snapshot` where the snapshot turns out damaged, and what was given before must not
    /// be used then.
    mutating func next() throws(LogError) -> PeopleBlock? {
        if !hasBegun {
            nextChange = try changes.next()
            hasBegun = true
        }
        var people = PeopleBlock()
        while people.count < blockLimit {
            try look()
            let room = blockLimit - people.count
            guard place < block.count else {
                guard let change = nextChange else { break }
                if let newcomer = change.person { people.append(newcomer) }
                nextChange = try changes.next()
                continue
            }
            let unchanged = place..<min(place + room, endOfUnchanged())
            if unchanged == 0..<block.count, people.count == 0 {
                place = block.count
                return block
            }
            people.append(unchanged, of: block)
            place = unchanged.upperBound
            if unchanged.count < room, place < block.count { try change(&people) }
        }
        return people.count == 0 ? nil : people
    }

    /// Makes the next of the base known, where there are more.
    private mutating func look() throws(LogError) {
        guard place == block.count, base != nil else { return }
        do {
            block = try base?.next() ?? PeopleBlock()
        } catch {
            throw .snapshot(error)
        }
        place = 0
        if block.count == 0 { base = nil }
    }

    /// The first place of the block that a change stands at or before.
    private func endOfUnchanged() -> Int {
        nextChange.map { block.place(of: $0.digest, from: place) } ?? block.count
    }

    /// Takes over the change that stands at or before the block's next.
    private mutating func change(_ people: inout PeopleBlock) throws(LogError) {
        guard let change = nextChange else { return }
        if change.digest == block.digests[place] { place += 1 }
        if let newcomer = change.person { people.append(newcomer) }
        nextChange = try changes.next()
    }
}

/// Walks over a list person by person; a copy walks by itself.
struct PersonCursor: Sendable {
    private var people: MergedPeople
    private var block = PeopleBlock()
    private var place = 0

    init(_ people: MergedPeople) {
        self.people = people
    }

    /// The next person; throws as the list does.
    mutating func next() throws(LogError) -> Person? {
        if place == block.count {
            guard let next = try people.next() else { return nil }
            (block, place) = (next, 0)
        }
        defer { place += 1 }
        return block[place]
    }
}
