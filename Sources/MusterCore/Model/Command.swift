/// What a client may ask for; each is answered only when what it caused is durable.
///
/// The large and rare case is indirect, so that the frequent ones are small to copy.
package enum Command: Hashable, Sendable {
    case addMembers(MemberList)
    case removeMembers(MemberList)
    indirect case configure(Configuration)
    case syncNow(SyncOrder)
    case retire(Retirement)

    /// The audience the command is about.
    package var instance: InstanceID {
        switch self {
        case .addMembers(let list), .removeMembers(let list): list.instance
        case .configure(let configuration): configuration.instance
        case .syncNow(let order): order.instance
        case .retire(let retirement): retirement.instance
        }
    }

    /// Which of the two windows of command ids remembers it.
    package var concernsMembers: Bool {
        switch self {
        case .addMembers, .removeMembers: true
        case .configure, .syncNow, .retire: false
        }
    }
}

/// Settings a client names for an audience; the first time they create it.
package struct Configuration: Hashable, Sendable {
    package let instance: InstanceID
    package var change: SettingsChange
    package let thresholds: ThresholdsChange

    package init(
        instance: InstanceID, change: SettingsChange,
        thresholds: ThresholdsChange = ThresholdsChange()
    ) {
        self.instance = instance
        self.change = change
        self.thresholds = thresholds
    }
}

/// A wish to send an audience now.
package struct SyncOrder: Hashable, Sendable {
    package let instance: InstanceID
    package let approval: Approval?
    /// Whether to send although an upload was made within the hour.
    package let again: Bool

    package init(instance: InstanceID, approval: Approval?, again: Bool) {
        self.instance = instance
        self.approval = approval
        self.again = again
    }
}

/// A wish to give up an audience: everybody leaves, and nothing is sent any more.
package struct Retirement: Hashable, Sendable {
    package let instance: InstanceID
    /// How many members the sender has seen.
    package let expectedCount: UInt64

    package init(instance: InstanceID, expectedCount: UInt64) {
        self.instance = instance
        self.expectedCount = expectedCount
    }
}

/// What a client may ask without changing anything.
package enum Query: Hashable, Sendable {
    case hello(protocols: [Int64]?)
    case ping
    case describe(DescriptionSubject)
    case status(withStateHash: Bool)
    case instanceList
    case instanceShow(InstanceID)
    case instanceCheck(InstanceID)
    indirect case memberShow(InstanceID, Member, withHistory: Bool)
    case syncList(InstanceID)
    case syncShow(RunID)
    case syncPlan(InstanceID)
    indirect case memberList(DigestListing)
    indirect case logTail(LogTail)
}

/// What is to be described.
package enum DescriptionSubject: Hashable, Sendable {
    /// Everything, in a sentence each.
    case summaries
    case everything
    case method(String)
    case error(String)
    case event(String)
}
