/// The newest events that took one person into an audience or out of it, as `member.show` tells
/// them; neither the person nor anybody else is named.
package struct MemberHistory: Sendable {
    package static let limit = 1000

    /// Oldest first, and at times up to twice the limit.
    private var newest: [JSON] = []
    private var isTruncated = false

    package init() {}

    /// Takes the next event of the log.
    package mutating func add(_ event: Event, at position: Position) {
        if newest.count == 2 * Self.limit { forgetOldest() }
        newest.append([
            "position": .integer(Int64(position)), "at": .string(event.at.text),
            "event": .string(EventType(event.fact).rawValue), "actor": event.actor.json,
        ])
    }

    /// The result of `member.show`, the newest event first.
    package func answer(isMember: Bool) -> JSON {
        var whole = self
        whole.forgetOldest()
        return [
            "member": .bool(isMember), "history": .array(whole.newest.reversed()),
            "truncated": .bool(whole.isTruncated),
        ]
    }

    private mutating func forgetOldest() {
        guard newest.count > Self.limit else { return }
        newest.removeFirst(newest.count - Self.limit)
        isTruncated = true
    }
}
