import HeapModule
import MusterCore

/// Who is in a list, and who is out of it, behind a stretch of the log that changed them; both in the
/// order of digests, nobody twice.
struct ChangeRun: Sendable {
    let came: Part
    let left: Part

    /// People in memory, or on the disk.
    enum Part: Sendable {
        case held(PeopleBlock)
        case stored(StoredPeople)

        var count: Int {
            switch self {
            case .held(let people): people.count
            case .stored(let people): people.count
            }
        }
    }
}

/// One change to a list.
struct ListChange: Sendable {
    let digest: Digest
    /// Who is in; nil where they are out.
    let person: Person?
}

/// The changes of several runs in the order of digests, the last word on each; a copy walks by
/// itself, so a value that was never asked stands for all of them, again and again.
struct MergedChanges: Sendable {
    private var parts: [PartCursor]
    /// The next of each part that has more.
    private var heads = Heap<Head>()
    private var hasBegun = false

    /// A part's next person; of equal ones that of the last run is first.
    private struct Head: Comparable, Sendable {
        let digest: Digest
        let part: Int

        static func < (left: Head, right: Head) -> Bool {
            left.digest == right.digest ? left.part > right.part : left.digest < right.digest
        }
    }

    /// The runs, the oldest first.
    init(_ runs: [ChangeRun]) {
        parts = runs.flatMap { run in
            [PartCursor(run.came, isIn: true), PartCursor(run.left, isIn: false)]
        }
    }

    /// The next change; nil at the end.
    ///
    /// Throws where a run cannot be read.
    mutating func next() throws(LogError) -> ListChange? {
        if !hasBegun { try begin() }
        guard let head = heads.min else { return nil }
        let change = parts[head.part].change
        try advance(head.part)
        while let older = heads.min, older.digest == head.digest { try advance(older.part) }
        return change
    }

    private mutating func begin() throws(LogError) {
        hasBegun = true
        for part in parts.indices {
            if let digest = try parts[part].begin() {
                heads.insert(Head(digest: digest, part: part))
            }
        }
    }

    /// Moves on in the part that has the first head.
    private mutating func advance(_ part: Int) throws(LogError) {
        if let digest = try parts[part].advance() {
            heads.replaceMin(with: Head(digest: digest, part: part))
        } else {
            heads.removeMin()
        }
    }
}

/// Walks over one part of a run.
private struct PartCursor: Sendable {
    private let isIn: Bool
    private var block: PeopleBlock
    private var place = 0
    private var rest: StoredPeople.Reader?

    init(_ part: ChangeRun.Part, isIn: Bool) {
        self.isIn = isIn
        switch part {
        case .held(let people): block = people
        case .stored(let people):
            block = PeopleBlock()
            rest = StoredPeople.Reader(people)
        }
    }

    /// The change that is next.
    var change: ListChange {
        ListChange(digest: block.digests[place], person: isIn ? block[place] : nil)
    }

    /// The first digest; nil where there is none.
    mutating func begin() throws(LogError) -> Digest? {
        if block.count == 0 { try read() }
        return block.count > 0 ? block.digests[0] : nil
    }

    /// Moves on, and gives the digest there; nil behind the last.
    mutating func advance() throws(LogError) -> Digest? {
        place += 1
        if place == block.count { try read() }
        return place < block.count ? block.digests[place] : nil
    }

    private mutating func read() throws(LogError) {
        do {
            guard let next = try rest?.next() else { return }
            (block, place) = (next, 0)
        } catch {
            throw .failed(error)
        }
    }
}
