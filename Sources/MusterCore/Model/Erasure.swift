/// People were erased: the slots that named them in these commits are zero since.
///
/// It names nobody, and is what vouches for a commit whose identities no longer have their digest.
package struct Erased: Hashable, Sendable {
    /// The most commits that one event names, so that it fits a record; more take further events.
    package static let limit = 4000

    package let commits: [ErasedCommit]

    package init(_ commits: [ErasedCommit]) {
        self.commits = commits
    }

    /// How many slots were zeroed in all.
    package var slots: UInt64 { commits.reduce(0) { $0 + UInt64($1.slots) } }
}

/// How many slots of one audience were zeroed in one commit.
package struct ErasedCommit: Hashable, Sendable {
    package let instance: InstanceNumber
    /// The position of the commit's first event.
    package let commit: Position
    package let slots: UInt32

    package init(instance: InstanceNumber, commit: Position, slots: UInt32) {
        self.instance = instance
        self.commit = commit
        self.slots = slots
    }
}
