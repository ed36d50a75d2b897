/// Which events of the log a client asks for, and from where.
package struct LogTail: Hashable, Sendable {
    /// Where the events begin.
    package enum Start: Hashable, Sendable {
        case start
        /// Behind the last event there is.
        case end
        /// With the event at this position.
        case position(Position)
    }

    package let from: Start
    /// Nil for all types.
    package let types: Set<EventType>?
    /// Nil for events of all instances and of none.
    package let instance: InstanceID?
    /// Whether later events follow those there are.
    package let follow: Bool

    package init(
        from: Start, types: Set<EventType>? = nil, instance: InstanceID? = nil,
        follow: Bool = false
    ) {
        self.from = from
        self.types = types
        self.instance = instance
        self.follow = follow
    }

    /// The most events of a page, and of one reply of a stream.
    package static let pageLimit = 1000
}

/// Which digests of an audience a client asks for.
package struct DigestListing: Hashable, Sendable {
    package let instance: InstanceID
    /// The digest to go on behind; nil for the beginning.
    package let behind: Digest?
    /// The most digests of a page, and of one reply of a stream.
    package let limit: Int
    /// Only those who came in by these commands and have been in since; nil for everybody.
    package let addedBy: CommandGroup?

    package init(
        instance: InstanceID, behind: Digest?, limit: Int, addedBy: CommandGroup? = nil
    ) {
        self.instance = instance
        self.behind = behind
        self.limit = limit
        self.addedBy = addedBy
    }

    package static let defaultLimit = 1000
    package static let mostLimit = 10_000
}

/// The commands of one piece of work: that of this id, and those whose id is this, a hyphen and more.
package struct CommandGroup: Hashable, Sendable {
    package let id: CommandID

    package init(_ id: CommandID) {
        self.id = id
    }

    package func contains(_ other: CommandID) -> Bool {
        other == id || other.text.utf8.starts(with: id.text.utf8 + [UInt8(ascii: "-")])
    }
}
