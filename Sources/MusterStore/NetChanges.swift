import MusterCore

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
