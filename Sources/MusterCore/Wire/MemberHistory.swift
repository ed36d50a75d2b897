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
        var change: JSONObject = [
            "position": .integer(Int64(position)), "at": .string(event.at.text),
            "event": .string(event.fact.type.name), "actor": event.actor.json,
        ]
        change["members"] = Self.members(of: event.fact)
        change["commandId"] = event.command.map { .string($0.id.text) }
        newest.append(.object(change))
    }

    /// How many came or went with the person, themselves among them.
    private static func members(of fact: Fact) -> JSON? {
        switch fact {
        case .membersAdded(let change), .membersRemoved(let change):
            .integer(Int64(change.identities.count))
        case .instanceRetired(let retired): .integer(Int64(clamping: retired.count))
        default: nil
        }
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
