import MusterCore

/// Who came into one instance's list and who left it since a position, as its events go by.
///
/// Its memory is that of the changes, not of the list.
struct ListChanges: Sendable {
    private(set) var keepsAddresses: Bool
    /// Whether anybody of the list before may still be in.
    private(set) var isBased: Bool
    /// Who is in now, whether the list before has them or not.
    private(set) var came: Membership
    /// Who is out now, and may be in the list before.
    private(set) var left = Membership(keepsAddresses: false)
    /// Who came last and is not in `came` yet: many at once are sooner taken in.
    private var newcomers: [Digest] = []

    /// Changes to a list that keeps addresses or does not; nil where there is none before.
    init(toListWithAddresses withAddresses: Bool?) {
        isBased = withAddresses != nil
        keepsAddresses = withAddresses ?? false
        came = Membership(keepsAddresses: keepsAddresses)
    }

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

    /// Everyone leaves with another type, which is set only while nobody is in.
    private mutating func configure(_ change: SettingsChange) {
        guard let type = change.piiType, (type == .email) != keepsAddresses else { return }
        keepsAddresses.toggle()
        removeEverybody()
    }

    private mutating func removeEverybody() {
        isBased = false
        came = Membership(keepsAddresses: keepsAddresses)
        left = Membership(keepsAddresses: false)
        newcomers = []
    }

    private mutating func add(_ people: Identities) {
        switch people {
        case .digests(let digests):
            newcomers += digests
            // Never more than a share of those who are in, so that they take little memory.
            if newcomers.count > max(1024, came.count / 16) { settle() }
        case .addresses(let addresses):
            settle()
            for address in addresses {
                _ = came.insert(address.digest, address: address.bytes)
                if isBased { _ = left.remove(address.digest) }
            }
        }
    }

    /// Takes in who came last; for whoever looks at `came` and `left`.
    mutating func settle() {
        guard !newcomers.isEmpty else { return }
        came.insert(newcomers)
        if left.count > 0 {
            for digest in newcomers { _ = left.remove(digest) }
        }
        newcomers = []
    }

    private mutating func remove(_ people: Identities) {
        settle()
        for digest in people.digests {
            _ = came.remove(digest)
            if isBased { _ = left.insert(digest) }
        }
    }
}

/// Who came and who left since a position, as sets.
///
/// Events name only members that really changed, so whoever came first was not in before.
struct NetChanges {
    /// Whether everybody left at once, so that the sets do not tell who was in before.
    private(set) var isEmptied = false
    private(set) var came = Membership(keepsAddresses: false)
    private(set) var left = Membership(keepsAddresses: false)

    /// Takes over a fact about the instance.
    mutating func apply(_ fact: Fact) {
        switch fact {
        case .membersAdded(let change):
            for digest in change.identities.digests where !left.remove(digest) {
                _ = came.insert(digest)
            }
        case .membersRemoved(let change):
            for digest in change.identities.digests where !came.remove(digest) {
                _ = left.insert(digest)
            }
        case .instanceRetired: isEmptied = true
        default: break
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
