import ArgumentParser
import MusterCore
import MusterStore

/// One of four questions about an event: what ends a replay, and what a bisection finds.
enum LogPredicate: Hashable {
    /// The event takes this person in or out.
    case member(Digest)
    /// It makes the audience smaller than this, or larger.
    case membersBelow(Int)
    case membersAbove(Int)
    /// It is the change that made this version of the audience.
    case version(UInt64)
    case type(EventType)

    static let help =
        "\"member ADDRESS\" (- for standard input), \"members < N\", \"members > N\", \"version N\" or \"type T\""

    /// Reads a predicate; `address` gives the one line of standard input.
    init(_ text: String, address: () throws -> String) throws {
        let words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        switch (words.first, words.count) {
        case ("member", 2):
            let given = words[1] == "-" ? try address() : words[1]
            do {
                self = .member(try Member(given.utf8).digest)
            } catch {
                throw ValidationError("member: this is no address and no SHA-256")
            }
        case ("members", 3):
            guard let limit = Int(words[2]), words[1] == "<" || words[1] == ">" else {
                throw Self.unknown
            }
            self = words[1] == "<" ? .membersBelow(limit) : .membersAbove(limit)
        case ("version", 2):
            guard let version = UInt64(words[1]) else { throw Self.unknown }
            self = .version(version)
        case ("type", 2):
            self = .type(try EventType.named(words[1]))
        default: throw Self.unknown
        }
    }

    private static let unknown = ValidationError("what is asked must be \(help)")

    /// Whether the question is about one audience only.
    var needsInstance: Bool {
        switch self {
        case .membersBelow, .membersAbove, .version: true
        case .member, .type: false
        }
    }

    /// Whether this event is the answer; a size counts only where the event changed it from one
    /// side of the limit to the other.
    func holds(_ step: ReplayStep) -> Bool {
        let (before, after) = (step.before?.members ?? 0, step.after?.members ?? 0)
        switch self {
        case .member(let person):
            return step.entry.event.fact.names(person) || step.leaving?.contains(person) == true
        case .membersBelow(let limit): return before >= limit && after < limit
        case .membersAbove(let limit): return before <= limit && after > limit
        case .version(let version):
            return step.after?.version == version && step.before?.version != version
        case .type(let type): return step.entry.event.fact.type == type
        }
    }
}

extension LogPredicate {
    /// Whether it is true of the event's audience from this event on; nil where the event says
    /// nothing of it.
    func isTrue(after step: ReplayStep) -> Bool? {
        switch self {
        case .member:
            guard holds(step) else { return nil }
            return step.entry.event.fact.type == .membersAdded
        case .membersBelow(let limit): return step.after.map { $0.members < limit }
        case .membersAbove(let limit): return step.after.map { $0.members > limit }
        case .version(let version): return step.after.map { $0.version >= version }
        case .type: return holds(step) ? true : nil
        }
    }
}

extension Fact {
    fileprivate func names(_ person: Digest) -> Bool {
        switch self {
        case .membersAdded(let change), .membersRemoved(let change):
            switch change.identities {
            case .digests(let digests): digests.contains(person)
            case .addresses(let addresses): addresses.contains { $0.digest == person }
            }
        default: false
        }
    }
}
