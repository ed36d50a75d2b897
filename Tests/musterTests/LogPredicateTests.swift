import ArgumentParser
import MusterCore
import Testing

@testable import MusterStore
@testable import muster

@Suite struct LogPredicateTests {
    private static let jane = Array("jane@example.com".utf8)

    private func step(
        _ fact: Fact, _ before: (members: Int, version: UInt64)?,
        _ after: (members: Int, version: UInt64)?
    ) -> ReplayStep {
        ReplayStep(
            entry: LogReader.Entry(
                position: 3,
                event: Event(at: Timestamp(milliseconds: 0), actor: .daemon, fact: fact),
                segment: 1, offset: 128, chain: .zero),
            owner: "acme",
            before: before.map { .init(members: $0.members, version: $0.version, run: nil) },
            after: after.map { .init(members: $0.members, version: $0.version, run: nil) })
    }

    private func predicate(_ text: String) throws -> LogPredicate {
        try LogPredicate(text) { "Jane@Example.com" }
    }

    @Test(arguments: [
        ("members < 5", 5, 4, true), ("members < 5", 4, 3, false), ("members < 5", 0, 1, false),
        ("members > 5", 5, 6, true), ("members > 5", 6, 7, false), ("members > 5", 7, 6, false),
    ])
    func `a size counts where the event takes it over the limit`(
        text: String, before: Int, after: Int, holds: Bool
    ) throws {
        let step = step(.syncSucceeded(run: 1), (before, 1), (after, 2))
        #expect(try predicate(text).holds(step) == holds)
    }

    @Test func `a version counts at the change that made it`() throws {
        #expect(try predicate("version 2").holds(step(.syncSucceeded(run: 1), (0, 1), (0, 2))))
        #expect(try !predicate("version 2").holds(step(.syncSucceeded(run: 1), (0, 2), (0, 2))))
        #expect(try predicate("version 1").holds(step(.syncSucceeded(run: 1), nil, (0, 1))))
    }

    @Test(arguments: ["member jane@example.com", "member JANE@example.com", "member -"])
    func `a person is found in any form`(text: String) throws {
        let email = Email(stored: Self.jane)
        for people in [Identities.addresses([email]), .digests([.zero, email.digest])] {
            let change = MembersChanged(instance: 1, identities: people, unchanged: 0)
            #expect(try predicate(text).holds(step(.membersRemoved(change), nil, nil)))
        }
        let other = MembersChanged(instance: 1, identities: .digests([.zero]), unchanged: 0)
        #expect(try !predicate(text).holds(step(.membersAdded(other), nil, nil)))
    }

    @Test func `a type is compared by its name`() throws {
        #expect(try predicate("type syncSucceeded").holds(step(.syncSucceeded(run: 1), nil, nil)))
        #expect(try !predicate("type uploaded").holds(step(.syncSucceeded(run: 1), nil, nil)))
    }

    @Test(arguments: [
        "", "member", "member x y", "member nobody", "members 5", "members = 5", "members < x",
        "version", "version -1", "type", "type nothing", "size > 5",
    ])
    func `anything else is refused without showing it`(text: String) {
        let error = #expect(throws: ValidationError.self) { try predicate(text) }
        #expect(error?.message.contains("nobody") == false)
    }
}
