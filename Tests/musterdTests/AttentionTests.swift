import MusterCore
import Testing

@testable import musterd

@Suite struct `What needs attention` {
    private static let sent: [Fact] = [
        .syncRequested(SyncRequested(instance: 1, date: monday, reason: .manual)),
        .uploaded(Uploaded(run: 3, status: 200, bytes: 45, requestId: nil)),
        .syncSucceeded(run: 3),
    ]

    private static func ended(_ end: Fact) -> [Fact] {
        [.syncRequested(SyncRequested(instance: 1, date: monday, reason: .manual)), end]
    }

    private static let scheduled = audience { change in
        change.schedule = TimeOfDay("03:00").map {
            DailySchedule(dailyAt: $0, timeZone: "Test/NewYork")
        }
    }

    /// The kinds and urgencies of what is told `days` after these events, at noon.
    private func attention(
        _ facts: [Fact], after days: Int64 = 0, credential: String = "token\n"
    ) throws -> [String] {
        let scratch = try Scratch()
        var state = State()
        for fact in facts { state.apply(Event(at: noon, actor: .daemon, fact: fact)) }
        var attention = Attention(
            at: noon.advanced(seconds: days * 86_400), zones: Zones(directory: scratch.zones)
        ) { _ throws(CredentialError) in
            guard !credential.isEmpty else { throw .missing }
            return try Credential(Array(credential.utf8))
        }
        for instance in state.instances { attention.look(at: instance) }
        return attention.rows.map { row in
            let object = row.object
            #expect(object?["remedy"]?.string?.isEmpty == false)
            return (object?["what"]?.string ?? "") + " " + (object?["urgency"]?.string ?? "")
        }
    }

    @Test func `is nothing of an audience that is sent each day`() throws {
        #expect(try attention(Self.scheduled + Self.sent) == [])
    }

    @Test func `is that it was never sent, and has no schedule`() throws {
        #expect(try attention(audience()) == ["unsent warn", "schedule warn"])
    }

    @Test(arguments: HoldReason.allCases)
    func `is every hold, which waits for a person`(reason: HoldReason) throws {
        let held = Fact.syncHeld(SyncHeld(run: 3, reason: reason, detail: ""))
        #expect(try attention(Self.scheduled + Self.ended(held)) == ["held bad"])
    }

    @Test(arguments: [SkipReason.empty, .belowMinimum], [false, true])
    func `is every skip, worse while an older list stands at TTD`(
        reason: SkipReason, remoteStale: Bool
    ) throws {
        let skipped = Fact.syncSkipped(run: 3, reason: reason, remoteStale: remoteStale)
        #expect(
            try attention(Self.scheduled + Self.ended(skipped))
                == [remoteStale ? "skipped bad" : "skipped warn"])
    }

    @Test(arguments: FailureClass.allCases)
    func `is every failure, less so where it is tried again`(failure: FailureClass) throws {
        let failed = Fact.syncFailed(run: 3, class: failure, detail: "")
        #expect(
            try attention(Self.scheduled + Self.ended(failed))
                == ["failed \(failure.urgency.rawValue)"])
    }

    @Test(arguments: [("2026-12-23", "warn"), ("2026-11-30", "bad"), ("2026-11-22", "bad")])
    func `is a token that is about to expire or has`(date: String, urgency: String) throws {
        let credential = "token\nexpires \(date)\n"
        #expect(
            try attention(Self.scheduled + Self.sent, credential: credential)
                == ["token \(urgency)"])
    }

    @Test(arguments: [(149, nil), (150, "upload warn"), (173, "upload bad")] as [(Int64, String?)])
    func `is a list that TTD is about to forget`(days: Int64, row: String?) throws {
        #expect(
            try attention(Self.scheduled + Self.sent, after: days) == [row].compactMap { $0 })
    }

    @Test(arguments: ["", "two words\n"])
    func `is a credential that cannot be used`(text: String) throws {
        #expect(
            try attention(Self.scheduled + Self.sent, credential: text) == ["credential bad"])
    }

    @Test func `is a zone that the host does not have any more`() throws {
        let gone = audience { change in
            change.schedule = TimeOfDay("03:00").map {
                DailySchedule(dailyAt: $0, timeZone: "Test/Gone")
            }
        }
        #expect(try attention(gone + Self.sent) == ["zone bad"])
    }

    @Test func `is nothing of a disabled audience, nor of a sync that was skipped for it`() throws {
        let disabled = audience { $0.enabled = false }
        #expect(try attention(disabled + Self.sent, after: 200, credential: "") == [])
        let skipped = Fact.syncSkipped(run: 3, reason: .disabled, remoteStale: false)
        #expect(try attention(disabled + Self.ended(skipped)) == [])
        #expect(try attention(Self.scheduled + Self.ended(skipped)) == ["unsent warn"])
    }
}
