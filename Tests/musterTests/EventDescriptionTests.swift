import MusterCore
import Testing

@testable import MusterStore
@testable import muster

@Suite struct EventDescriptionTests {
    private static let target = Target(
        endpoint: .production, credential: "c", advertiserId: "a", audienceName: "n", region: .us,
        piiType: .email, externalAudienceId: "x")

    private static let everySetting: SettingsChange = {
        var change = SettingsChange()
        change.advertiserId = "a"
        change.audienceName = "n"
        change.region = .eu
        change.piiType = .email
        change.credential = "c"
        change.endpoint = .production
        change.externalAudienceId = .some("x")
        change.enabled = false
        change.schedule = TimeOfDay("03:00").map { DailySchedule(dailyAt: $0, timeZone: "UTC") }
        change.minimumMembers = 1
        change.thresholds = Thresholds()
        return change
    }()

    /// One event of each type, with every optional value.
    private static let facts: [Fact] = [
        .instanceConfigured(
            InstanceConfigured(instance: 1, created: InstanceID("a"), change: everySetting)),
        .membersAdded(
            MembersChanged(
                instance: 1, identities: .addresses([Email(stored: Array("a@b".utf8))]),
                unchanged: 2)),
        .membersRemoved(
            MembersChanged(instance: 1, identities: .digests([.zero]), unchanged: 2)),
        .syncRequested(
            SyncRequested(
                instance: 1, date: CalendarDate(dayNumber: 20_000), reason: .approval,
                approval: Approval(heldRun: 3, count: 4))),
        .syncFrozen(
            SyncFrozen(
                run: 4, position: 3, count: 2, bytes: 90, digest: .zero, added: 2, removed: 0,
                target: target)),
        .segmentCreationIntended(run: 4),
        .segmentResolved(
            SegmentResolved(
                run: 4, segment: Segment(crmDataId: "i", firstPartyDataId: "j", origin: .given))),
        .dropOpened(run: 4, reference: "r"), .uploadStarted(run: 4, attempt: 1),
        .uploaded(Uploaded(run: 4, status: 200, bytes: 90, requestId: "q")),
        .syncSucceeded(run: 4), .syncFailed(run: 4, class: .stale, detail: "d"),
        .syncHeld(SyncHeld(run: 4, reason: .shrink, detail: "d", tokenFingerprint: 7)),
        .syncSkipped(run: 4, reason: .empty, remoteStale: true),
        .dropStatusSeen(DropStatusSeen(run: 4, status: 0, answer: "")),
        .tailRepaired(TailRepaired(segment: 1, offset: 2, bytes: 3, digest: .zero)),
        .logAdopted(LogAdopted(log: LogID(high: 1, low: 2), durable: 3)),
        .instanceRetired(InstanceRetired(instance: 1, count: 7)),
        .suppressionChanged(
            SuppressionChanged(
                isLifted: false, people: [Suppression(instance: nil, mark: .zero)])),
        .erased(Erased([ErasedCommit(instance: 1, commit: 2, slots: 3)])),
    ]

    @Test(arguments: facts)
    func `an event is shown with the fields that are described, in their order`(fact: Fact) throws {
        let event = Event(
            at: Timestamp(milliseconds: 0), actor: .peer(uid: 1, gid: 2, pid: 3),
            command: CommandID("c").map { CommandStamp(id: $0, check: 7) }, fact: fact)
        let entry = LogReader.Entry(
            position: 4, event: event, segment: 1, offset: 128, chain: .zero)
        let isOfAnInstance = fact.instance != nil || fact.run != nil
        let line = EventLine(entry, instance: isOfAnInstance ? "a" : nil, withIdentities: true)
        let shown = try #require(try JSON.parse(Array(line.json.utf8)).object)
        let described = try #require(
            EventDescription.all.first { .string($0.name) == shown["type"] })
        let names = shown.members.map(\.name)
        #expect(names == described.fields.properties.map(\.name))
        for (name, schema, _) in described.fields.properties {
            let words = schema["enum"]?.array
            #expect(try words?.contains(#require(shown[name])) != false)
        }
    }

    @Test func `every type is among them`() {
        #expect(Set(Self.facts.map(\.type)).count == EventType.allCases.count)
    }
}
