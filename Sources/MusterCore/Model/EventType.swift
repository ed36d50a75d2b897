/// The kind of an event: its number is that of its record in the log, its name that of proto-docs.
package enum EventType: UInt8, CaseIterable, Sendable {
    case instanceConfigured = 1
    case membersAdded = 2
    case membersRemoved = 3
    case syncRequested = 4
    case syncFrozen = 5
    case segmentCreationIntended = 6
    case segmentResolved = 7
    case dropOpened = 8
    case uploadStarted = 9
    case uploaded = 10
    case syncSucceeded = 11
    case syncFailed = 12
    case syncHeld = 13
    case syncSkipped = 14
    case dropStatusSeen = 15
    case tailRepaired = 16
    case logAdopted = 17
    case instanceRetired = 18
    case erased = 19
    case suppressionChanged = 20

    /// The type of a name; nil where there is none.
    package init?(named name: String) {
        guard let type = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }

    /// As on the wire, in a dump and in proto-docs.
    package var name: String { Self.names[Int(rawValue)] }

    // Made once: to make a name of a case takes longer than to read an event.
    private static let names = allCases.reduce(into: [String](repeating: "", count: 256)) {
        $0[Int($1.rawValue)] = "\($1)"
    }
}

extension Fact {
    /// What kind of event it makes.
    package var type: EventType {
        switch self {
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
