import MusterCore
import Testing

@testable import MusterStore
@testable import muster

@Suite struct AudiencePastTests {
    private static func person(_ number: Int) -> Digest { .sha256("person\(number)".utf8) }

    private static func change(_ people: [Int], adding: Bool) -> Fact {
        let change = MembersChanged(
            instance: 1, identities: .digests(people.map(person)), unchanged: 0)
        return adding ? .membersAdded(change) : .membersRemoved(change)
    }

    private static var settings: SettingsChange {
        var change = SettingsChange()
        change.advertiserId = "adv"
        change.audienceName = "Acme"
        change.region = .us
        change.piiType = .hashedEmail
        return change
    }

    private static let created = Fact.instanceConfigured(
        InstanceConfigured(instance: 1, created: InstanceID("acme"), change: settings))

    /// Made by 2 after an empty first event, 1 to 4 in by 3, run 4 frozen at 3, 1 out by 7.
    private static func directory(count: UInt64 = 4, digest: Digest? = nil) throws -> LogDirectory {
        let rows = (1...4).map(person).sorted().map { $0.base64 + "\n" }.joined()
        let target = Target(
            settings: try #require(Settings(first: settings)),
            endpoint: try #require(Endpoint("https://api.example.org/v3")))
        return try LogDirectory([
            [.suppressionChanged(SuppressionChanged(isLifted: false, people: []))],
            [created, change([1, 2, 3, 4], adding: true)],
            [
                .syncRequested(
                    SyncRequested(
                        instance: 1, date: CalendarDate(dayNumber: 0), reason: .manual)),
                .syncFrozen(
                    SyncFrozen(
                        run: 4, position: 3, count: count, bytes: 180,
                        digest: digest ?? .sha256(rows.utf8), added: 4, removed: 0, target: target)),
                .syncHeld(SyncHeld(run: 4, reason: .firstReplace, detail: "")),
            ],
            [change([1], adding: false), change([5, 6], adding: true)],
        ])
    }

    private static func past(
        _ directory: LogDirectory, to point: LogPoint? = nil, run: RunID? = nil
    ) throws -> AudiencePast {
        try AudiencePast(try LogReader(directory.files), to: point, run: run)
    }

    @Test func `the past names settings and the last change, and holds nobody`() throws {
        let directory = try Self.directory()
        let past = try Self.past(directory)
        let found = try past.instance("acme")
        #expect(past.position == 8 && found.members.count == 0 && found.version == 4)
        #expect(past.lastChange(of: found)?.position == 8 && past.beginning(of: found) == 2)
        let before = try Self.past(directory, to: .position(3))
        #expect(before.lastChange(of: found)?.type == .membersAdded)
        #expect(before.at == Timestamp(milliseconds: 1000))
        #expect(try AudienceLists(directory.files, of: found).list(at: 8).count == 5)
    }

    /// Writes the snapshot of the state at a position.
    private static func snapshot(of directory: LogDirectory, at position: Position) throws {
        var state = State()
        var chain: Digest?
        let reader = try LogReader(directory.files)
        try reader.forEach(through: position) { entry in
            state.apply(entry.event)
            chain = entry.chain
        }
        let header = SnapshotHeader(
            log: try #require(reader.log), position: position, chain: try #require(chain),
            createdAt: Timestamp(milliseconds: 1))
        _ = try Snapshots(directory.files).write(Outline(of: state), header)
    }

    @Test(
        arguments: [3, 6, 8] as [Position],
        [nil, .position(3), .position(7), .time(Timestamp(milliseconds: 1500))] as [LogPoint?])
    func `what a snapshot knows need not be read again`(
        position: Position, point: LogPoint?
    ) throws {
        let directory = try Self.directory()
        try Self.snapshot(of: directory, at: position)
        let reader = try LogReader(directory.files)
        let whole = try AudiencePast(reader, to: point, run: 4)
        let short = try AudiencePast(reader, to: point, run: 4, fromSnapshot: true)
        #expect(short.position == whole.position && short.run == whole.run)
        let (found, expected) = (try short.instance("acme"), try whole.instance("acme"))
        #expect(found.number == expected.number && found.settings == expected.settings)
        #expect(found.version == expected.version && found.members.count == 0)
    }

    @Test(arguments: [
        (LogPoint.position(9), "acme"), (.position(1), "acme"), (.position(8), "other"),
        (.time(Timestamp(milliseconds: -1)), "acme"),
    ])
    func `what was not there is unknown`(point: LogPoint, name: String) throws {
        let directory = try Self.directory()
        let error = #expect(throws: Failure.self) {
            try Self.past(directory, to: point).instance(name)
        }
        #expect(error?.status == .unknown && error?.message?.contains("acme") == false)
    }

    @Test func `a run is found with the list that was fixed for it`() throws {
        let directory = try Self.directory()
        let past = try Self.past(directory, run: 4)
        let run = try past.run(4, of: try past.instance("acme"))
        #expect(try run.list().position == 3 && run.state == "held")
        #expect(throws: Failure.self) {
            let past = try Self.past(directory, run: 3)
            return try past.run(3, of: try past.instance("acme"))
        }
    }

    @Test func `a list is proven by the run's count and digest`() throws {
        let directory = try Self.directory()
        let proof = try Self.proof(directory)
        #expect(proof.refusal == nil && proof.shortfall == nil)
        #expect(proof.text.contains("proven: run 4"))
        #expect(proof.json.object?["proven"] == true)
    }

    @Test(arguments: [(5, nil), (4, Digest.sha256("another".utf8))] as [(UInt64, Digest?)])
    func `another count or digest is refused, unless people were erased since`(
        count: UInt64, digest: Digest?
    ) throws {
        let directory = try Self.directory(count: count, digest: digest)
        let proof = try Self.proof(directory)
        #expect(proof.refusal?.status == .logDamaged)
        let erased = try Self.proof(directory, erasures: [7])
        #expect(erased.refusal == nil && erased.shortfall?.status == .conflict)
        #expect(erased.text.contains("by event 7") && !erased.text.contains("proven"))
    }

    private static func proof(
        _ directory: LogDirectory, erasures: [Position] = []
    ) throws -> ListProof {
        let past = try past(directory, run: 4)
        let found = try past.instance("acme")
        let run = try past.run(4, of: found)
        let list = try AudienceLists(directory.files, of: found).list(at: try run.list().position)
        return ListProof(instance: "acme", list: list, erasures: erasures, run: run)
    }

    @Test func `a restore adds who went and removes who came, less those who are kept out`() throws
    {
        let directory = try Self.directory()
        let found = try Self.past(directory).instance("acme")
        let lists = AudienceLists(directory.files, of: found)
        let (then, now) = (try lists.list(at: 3), try lists.list(at: 8))
        let plan = try RestorePlan(
            "acme", from: now, to: then, of: nil, erasures: [], keepingOut: [])
        #expect(plan.added == 1 && plan.removed == 2 && plan.leftOut == 0 && plan.isExact)
        #expect(plan.afterwards == then.count)
        #expect(try Self.walk(plan) == [[Self.person(1)], [5, 6].map(Self.person).sorted()])
        #expect(try plan.deviations(of: now) == 3 && plan.deviations(of: then) == 0)
        let kept = try RestorePlan(
            "acme", from: now, to: then, of: nil, erasures: [], keepingOut: [Self.person(1)])
        #expect(kept.added == 0 && kept.leftOut == 1 && !kept.isExact && kept.afterwards == 3)
        #expect(try Self.walk(kept) == [[], [5, 6].map(Self.person).sorted()])
        #expect(try kept.deviations(of: now) == 2)
        let none = try RestorePlan(
            "acme", from: now, to: now, of: nil, erasures: [], keepingOut: [Self.person(1)])
        #expect(none.isEmpty && none.leftOut == 0)
    }

    /// Who would be added, and who removed.
    private static func walk(_ plan: RestorePlan) throws -> [[Digest]] {
        var (adding, removing) = (
            plan.now.differences(to: plan.target), plan.now.differences(to: plan.target)
        )
        var (added, removed): ([Digest], [Digest]) = ([], [])
        while let one = try plan.nextToAdd(&adding) { added.append(try Member(one.utf8).digest) }
        while let one = try plan.nextToRemove(&removing) {
            removed.append(try Member(one.utf8).digest)
        }
        return [added, removed]
    }
}
