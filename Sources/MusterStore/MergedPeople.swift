import MusterCore

/// The people of one list in the order of their digests: those of a snapshot, with what the log
/// changed since.
///
/// Of the snapshot no more than a piece is in memory. A copy walks by itself, so a value that was
/// never asked stands for the whole list, again and again.
struct MergedPeople: Sendable {
    let keepsAddresses: Bool
    /// Who was in; nil behind the last of them.
    private var base: PeopleFile.People?
    private var came: Membership.People
    private var left: Membership.People
    private var nextInBase: Person?
    private var nextCame: Person?
    private var nextLeft: Digest?

    init(_ base: PeopleFile?, _ changes: ListChanges) {
        keepsAddresses = changes.keepsAddresses
        self.base = changes.isBased ? base?.people : nil
        came = changes.came.people
        left = changes.left.people
        nextCame = came.next()
        nextLeft = left.next()?.digest
    }

    /// The next person; throws `.snapshot` where the snapshot turns out damaged, and what was given
    /// before must not be used then.
    mutating func next() throws(LogError) -> Person? {
        while true {
            try look()
            guard let person = nextInBase else { return takeNextCame() }
            if let newcomer = nextCame, newcomer.digest <= person.digest {
                if newcomer.digest == person.digest { nextInBase = nil }
                return takeNextCame()
            }
            nextInBase = nil
            while let gone = nextLeft, gone < person.digest { nextLeft = left.next()?.digest }
            if nextLeft != person.digest { return person }
        }
    }

    /// Makes the next of the base known, where there is one.
    private mutating func look() throws(LogError) {
        guard nextInBase == nil, base != nil else { return }
        do {
            nextInBase = try base?.next()
        } catch {
            throw .snapshot(error)
        }
        if nextInBase == nil { base = nil }
    }

    private mutating func takeNextCame() -> Person? {
        defer { nextCame = came.next() }
        return nextCame
    }
}
