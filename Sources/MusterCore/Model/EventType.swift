/// What kind of event it is, by the names of proto-docs.
package enum EventType: String, CaseIterable, Sendable {
    case instanceConfigured
    case membersAdded
    case membersRemoved
    case syncRequested
    case syncFrozen
    case segmentCreationIntended
    case segmentResolved
    case dropOpened
    case uploadStarted
    case uploaded
    case syncSucceeded
    case syncFailed
    case syncHeld
    case syncSkipped
    case dropStatusSeen
    case tailRepaired
    case logAdopted
    case instanceRetired
    case erased
    case suppressionChanged

    package init(_ fact: Fact) {
        self =
            switch fact {
            case .instanceConfigured: .instanceConfigured
            case .membersAdded: .membersAdded
            case .membersRemoved: .membersRemoved
            case .syncRequested: .syncRequested
            case .syncFrozen: .syncFrozen
            case .segmentCreationIntended: .segmentCreationIntended
            case .segmentResolved: .segmentResolved
            case .dropOpened: .dropOpened
            case .uploadStarted: .uploadStarted
            case .uploaded: .uploaded
            case .syncSucceeded: .syncSucceeded
            case .syncFailed: .syncFailed
            case .syncHeld: .syncHeld
            case .syncSkipped: .syncSkipped
            case .dropStatusSeen: .dropStatusSeen
            case .tailRepaired: .tailRepaired
            case .logAdopted: .logAdopted
            case .instanceRetired: .instanceRetired
            case .erased: .erased
            case .suppressionChanged: .suppressionChanged
            }
    }
}
