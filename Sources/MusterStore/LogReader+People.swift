package import MusterCore

extension LogReader {
    /// Calls `body` with the events up to `last`, which must be durable, that took one person into
    /// an instance's list or out of it, in order.
    ///
    /// Reads the whole log up to there: nothing else knows who came when.
    package func forEachChange(
        of person: Digest, in instance: InstanceNumber, through last: Position,
        _ body: (Entry) -> Void
    ) throws(LogError) {
        guard last > 0 else { return }
        var isIn = false
        try forEach(through: last) { entry in
            switch entry.event.fact {
            case .membersAdded(let change), .membersRemoved(let change):
                guard change.instance == instance, change.identities.contains(person) else {
                    return
                }
                isIn = if case .membersAdded = entry.event.fact { true } else { false }
                body(entry)
            case .instanceRetired(let retired) where retired.instance == instance && isIn:
                isIn = false
                body(entry)
            default: break
            }
        }
    }
}

extension Identities {
    fileprivate func contains(_ person: Digest) -> Bool {
        switch self {
        case .digests(let digests): digests.contains(person)
        case .addresses(let addresses): addresses.contains { $0.digest == person }
        }
    }
}
