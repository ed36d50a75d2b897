import MusterCore

/// Who came into one instance's list and who left it since a position, as its events go by.
///
/// Its memory is that of the changes, not of the list: the last ones as they came, the others in
/// runs, each in the order of digests.
struct ListChanges: Sendable {
    /// How many changes make a run.
    static let limit = 1 << 16

    private(set) var keepsAddresses: Bool
    /// Whether anybody of the list before may still be in.
    private(set) var isBased: Bool
    /// What changed, the oldest first; the last word on each is that of the last run that has them.
    private(set) var runs: [ChangeRun] = []
    /// What is in no run yet; a mark is the place here, twice, and one more where somebody came.
    private var recent: [MarkedDigest] = []
    /// Where addresses are kept, that of each in `recent`; of who left it is empty.
    private var addresses: [[UInt8]] = []

    /// Changes to a list that keeps addresses or does not; nil where there is none before.
    init(toListWithAddresses withAddresses: Bool?) {
        isBased = withAddresses != nil
        keepsAddresses = withAddresses ?? false
    }

    /// How many changes are in no run.
    var recentCount: Int { recent.count }

    /// Takes over a fact about this instance.
    mutating func apply(_ fact: Fact) {
        switch fact {
        case .instanceConfigured(let configured): configure(configured.change)
        case .membersAdded(let change): add(change.identities)
        case .membersRemoved(let change): remove(change.identities)
        case .instanceRetired: removeEverybody()
        default: break
        }
    }

    /// Makes a run of those that are in none.
    mutating func settle() {
        guard !recent.isEmpty else { return }
        runs.append(takeRun())
    }

    /// Makes a run of those that are in none, and puts it into a file.
    mutating func settle(to file: ChangeFile) throws(FileError) {
        guard !recent.isEmpty else { return }
        runs.append(try file.store(takeRun()))
    }

    /// Everyone leaves with another type, which is set only while nobody is in.
    private mutating func configure(_ change: SettingsChange) {
        guard let type = change.piiType, (type == .email) != keepsAddresses else { return }
        keepsAddresses.toggle()
        removeEverybody()
    }

    private mutating func removeEverybody() {
        isBased = false
        runs = []
        recent = []
        addresses = []
    }

    private mutating func add(_ people: Identities) {
        switch people {
        case .digests(let digests): note(digests, areIn: true)
        case .addresses(let people):
            note(people.map(\.digest), areIn: true)
            if keepsAddresses { addresses += people.map(\.bytes) }
        }
    }

    private mutating func remove(_ people: Identities) {
        note(people.digests, areIn: false)
        if keepsAddresses { addresses += repeatElement([], count: people.count) }
    }

    private mutating func note(_ digests: [Digest], areIn: Bool) {
        for digest in digests {
            let mark = UInt32(recent.count) << 1 | (areIn ? 1 : 0)
            recent.append(MarkedDigest(digest, mark: mark))
        }
    }

    private mutating func takeRun() -> ChangeRun {
        var spare: [MarkedDigest] = []
        recent.sort(using: &spare)
        var came = PeopleBlock()
        var left = PeopleBlock()
        for (place, change) in recent.enumerated() {
            let isLast = place + 1 == recent.count || recent[place + 1].digest != change.digest
            // The digest of zeros stands for erased people, who are nobody's.
            guard isLast, !change.digest.isZero else { continue }
            if change.mark & 1 == 0 {
                left.append(Person(digest: change.digest, address: nil))
            } else {
                let address = keepsAddresses ? addresses[Int(change.mark >> 1)] : nil
                came.append(Person(digest: change.digest, address: address))
            }
        }
        recent = []
        addresses = []
        return ChangeRun(came: .held(came), left: .held(left))
    }
}

/// The changes to all lists, which are put on the disk as soon as they make a run together.
struct ChangesOfLists {
    private var lists: [ListChanges]
    private let file: ChangeFile
    /// How many changes of all are in no run.
    private var recentCount = 0
    private var fault: FileError?
    private let limit: Int

    /// `bases` tell whether the list of each instance, by number from 1, keeps addresses.
    init(_ bases: [Bool?], _ file: ChangeFile, limit: Int = ListChanges.limit) {
        self.limit = limit
        lists = bases.map { ListChanges(toListWithAddresses: $0) }
        self.file = file
    }

    /// Takes over a fact; those of no list here are passed over.
    mutating func apply(_ fact: Fact) {
        guard fault == nil, let number = fact.instance, number > 0, number <= lists.count
        else { return }
        let index = Int(number) - 1
        recentCount -= lists[index].recentCount
        lists[index].apply(fact)
        recentCount += lists[index].recentCount
        if recentCount >= limit { settle() }
    }

    /// The changes to each list, all in runs.
    mutating func finish() throws(FileError) -> [ListChanges] {
        settle()
        if let fault { throw fault }
        return lists
    }

    private mutating func settle() {
        recentCount = 0
        guard fault == nil else { return }
        do {
            for index in lists.indices { try lists[index].settle(to: file) }
        } catch {
            // Whoever asks for the changes is told.
            fault = error
        }
    }
}

extension Identities {
    var digests: [Digest] {
        switch self {
        case .digests(let digests): digests
        case .addresses(let addresses): addresses.map(\.digest)
        }
    }
}
