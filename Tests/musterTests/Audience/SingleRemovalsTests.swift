import MusterCore
import Testing

@testable import muster

@Suite struct SingleRemovalsTests {
    private enum Change {
        case added
        case removed
    }

    private static let person = Digest.sha256("person".utf8)
    private static let other = Digest.sha256("other".utf8)

    private static func event(
        _ change: Change, _ people: [Digest] = [person], unchanged: UInt32 = 0,
        command: String? = nil
    ) -> Event {
        let members = MembersChanged(
            instance: 1, identities: .digests(people), unchanged: unchanged)
        return Event(
            at: Timestamp(milliseconds: 0), actor: .daemon,
            command: command.flatMap(CommandID.init).map { CommandStamp(id: $0, check: 0) },
            fact: change == .added ? .membersAdded(members) : .membersRemoved(members))
    }

    private static func people(_ events: Event...) -> Set<Digest> {
        var removals = SingleRemovals()
        for event in events { removals.take(event) }
        return removals.people
    }

    @Test func `whoever was taken out by a command of their own is among them`() {
        #expect(Self.people(Self.event(.removed)) == [Self.person])
        #expect(Self.people(Self.event(.removed, command: "a-9")) == [Self.person])
        #expect(Self.people(Self.event(.removed, command: "2k9x0w7c1zq4d-1")) == [Self.person])
    }

    @Test func `whoever was taken out with others is not`() {
        #expect(Self.people(Self.event(.removed, [Self.person, Self.other])).isEmpty)
        #expect(Self.people(Self.event(.removed, unchanged: 1)).isEmpty)
        #expect(Self.people(Self.event(.removed, command: "2k9x0w7c1zq4d-2")).isEmpty)
        #expect(Self.people(Self.event(.removed, command: "restore-3-abc-1")).isEmpty)
    }

    @Test func `only an addition of their own takes a wish back`() {
        let gone = Self.event(.removed)
        #expect(Self.people(gone, Self.event(.added)).isEmpty)
        #expect(Self.people(gone, Self.event(.added, unchanged: 8)) == [Self.person])
        #expect(Self.people(gone, Self.event(.added, [Self.person, Self.other])) == [Self.person])
        #expect(Self.people(gone, Self.event(.added, command: "restore-3-abc-1")) == [Self.person])
    }
}
