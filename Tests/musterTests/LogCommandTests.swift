import ArgumentParser
import MusterCore
import Testing

@testable import MusterStore
@testable import muster

@Suite struct LogCommandTests {
    private func entry(_ fact: Fact, position: Position = 1) -> LogReader.Entry {
        LogReader.Entry(
            position: position,
            event: Event(at: Timestamp(milliseconds: 0), actor: .daemon, fact: fact), segment: 1,
            offset: 128, chain: .zero)
    }

    private let addition = Fact.membersAdded(
        MembersChanged(
            instance: 1, identities: .addresses([Email(stored: Array("jane@example.com".utf8))]),
            unchanged: 2))

    @Test func `an event shows counts, and people only when asked for`() {
        let counts = EventLine(entry(addition), instance: "acme", withIdentities: false)
        #expect(
            counts.text
                == "1 1970-01-01T00:00:00.000Z membersAdded instance=acme members=1 unchanged=2 segment=1 offset=128"
        )
        #expect(!counts.json.contains("jane"))
        let people = EventLine(entry(addition), instance: "acme", withIdentities: true)
        #expect(people.json.contains(#""identities":["jane@example.com"]"#))
    }

    @Test func `an event of a run belongs to the audience of the run`() {
        var owners = EventOwners()
        let created = InstanceConfigured(
            instance: 1, created: InstanceID("acme"), change: SettingsChange())
        #expect(owners.owner(of: entry(.instanceConfigured(created))) == "acme")
        let requested = SyncRequested(
            instance: 1, date: CalendarDate(dayNumber: 0), reason: .manual)
        #expect(owners.owner(of: entry(.syncRequested(requested), position: 2)) == "acme")
        #expect(owners.owner(of: entry(.syncSucceeded(run: 2), position: 3)) == "acme")
        #expect(owners.owner(of: entry(.syncSucceeded(run: 9), position: 4)) == nil)
    }

    @Test(arguments: [
        ["log", "dump"], ["log", "dump", "--state-directory", "d", "--type", "nothing"],
        ["log", "dump", "--state-directory", "d", "--from", "3", "--to", "2"],
        ["log", "dump", "--state-directory", "d", "--since", "yesterday"],
        [
            "log", "dump", "--state-directory", "d", "--since", "2026-11-24", "--until",
            "2026-11-23",
        ],
        ["log", "replay", "--state-directory", "d", "--to", "-1"],
        ["log", "replay", "--state-directory", "d", "--stop-on", "version 2"],
        ["log", "replay", "--state-directory", "d", "--stop-on", "members = 2", "--instance", "a"],
        ["log", "replay", "--state-directory", "d", "--upload", "a", "--state"],
        ["log", "replay", "--state-directory", "d", "--output", "f"],
        ["log", "diff", "1", "--state-directory", "d"],
        ["log", "diff", "1", "x", "--state-directory", "d"],
        ["log", "repair", "--state-directory", "d", "--yes"],
        ["log", "repair", "--state-directory", "d", "--truncate-at", "1:x"],
    ])
    func `what makes no sense is misuse`(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try Muster.parseAsRoot(arguments) }
        #expect(error.map { Muster.exitCode(for: $0) } == .validationFailure)
    }
}
