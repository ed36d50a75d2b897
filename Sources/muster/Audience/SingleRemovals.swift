import MusterCore

/// Who was taken out by a command about them alone, as somebody is who asks to be left out, and not
/// with others in a correction or an import.
struct SingleRemovals {
    private(set) var people: Set<Digest> = []

    /// Takes the audience's next event.
    ///
    /// Whoever was put in again by a command about them alone has changed their mind; an import that
    /// brings them along changes nothing.
    mutating func take(_ event: Event) {
        switch event.fact {
        case .membersRemoved(let change):
            if let one = Self.single(change, event) { people.insert(one) }
        case .membersAdded(let change):
            if let one = Self.single(change, event) { people.remove(one) }
        default: break
        }
    }

    /// The one person whom the command was about; nil where it was about more, or a part of a larger
    /// work whose last chunk held one.
    private static func single(_ change: MembersChanged, _ event: Event) -> Digest? {
        guard change.identities.count == 1, change.unchanged == 0 else { return nil }
        switch event.command.flatMap({ CommandOrigin(commandId: $0.id.text) }) {
        case .restoring: return nil
        case .importing(_, let chunk) where chunk > 1: return nil
        case .importing, nil: break
        }
        return switch change.identities {
        case .digests(let digests): digests.first
        case .addresses(let addresses): addresses.first?.digest
        }
    }
}
