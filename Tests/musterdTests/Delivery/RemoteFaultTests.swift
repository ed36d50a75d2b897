import MusterCore
import Synchronization
import Testing

@testable import musterd

/// One fault, the step it strikes, what becomes of the daemon then, and whether it is the first
/// list or the one that replaces it.
struct RemoteCase: Sendable, CustomTestStringConvertible {
    let fault: FaultyDesk.Fault
    let step: DeskModel.Step
    let daemon: RemoteDays.Daemon
    var isSecondList = false

    var testDescription: String {
        "\(fault) at \(step), the daemon \(daemon)\(isSecondList ? ", second list" : "")"
    }

    static func all(_ steps: [DeskModel.Step], isSecondList: Bool = false) -> [RemoteCase] {
        FaultyDesk.Fault.allCases.flatMap { fault in
            steps.flatMap { step in
                RemoteDays.Daemon.allCases.map { daemon in
                    RemoteCase(
                        fault: fault, step: step, daemon: daemon, isSecondList: isSecondList)
                }
            }
        }
    }

    /// An address that is refused is only the storage's to refuse; from the API it is a refusal of
    /// what was asked for, which ends the date.
    var endsTheDate: Bool {
        fault == .refusedAddress && [.list, .create, .open].contains(step)
    }

    /// Twice, so that a daemon that ends at the first meets the second.
    ///
    /// Once where the first decides, and 503 for longer than one run tries.
    var strikes: Int {
        switch fault {
        case .unavailable: 11
        case .deadToken: 1
        default: endsTheDate && daemon == .goesOn ? 1 : 2
        }
    }
}

/// What the audience's members were, in the order of time.
private enum Version: Int, CaseIterable {
    case first = 20
    case second = 25
    /// So much less that a person has to look.
    case shrunk = 8

    var rows: [UInt8] { musterdTests.rows(1...rawValue) }
}

/// Carries one case out over three days and tells what is wrong in the end.
private struct Story {
    let remote: RemoteCase
    let desk: FaultyDesk
    let days: RemoteDays

    init(_ remote: RemoteCase, _ mistake: Mistake? = nil) async throws {
        self.remote = remote
        desk = try await FaultyDesk(isSecure: remote.fault == .untrustedTLS)
        let isHasty = remote.fault == .hang
        let memory = Mistaken.Memory()
        days = try await RemoteDays(desk: desk, Self.facts(at: desk.api, mistake)) {
            [desk] transport in
            if let mistake { return Mistaken(inner: transport, mistake: mistake, memory: memory) }
            if remote.fault == .noName { return Nameless(inner: transport, desk: desk) }
            return isHasty ? Hasty(inner: transport) : transport
        }
    }

    private static func facts(at api: String, _ mistake: Mistake?) -> [Fact] {
        audience(1...Version.first.rawValue) { change in
            change.endpoint = Endpoint(api)
            change.minimumMembers = 5
            change.thresholds = Thresholds(shrinkMembers: mistake == .guardsNothing ? 1000 : 5)
            change.schedule = TimeOfDay("03:00").map {
                DailySchedule(dailyAt: $0, timeZone: "Test/NewYork")
            }
        }
    }

    /// Three dates: the first list, a longer one, and one that is held.
    func tell() async throws {
        if !remote.isSecondList { arm() }
        try await day(24, next: .second)
        if remote.isSecondList { arm() }
        try await change("add", 21...25)
        try await day(25, next: remote.isSecondList ? .second : nil)
        // Whatever was in the way is over by now.
        try days.replaceToken()
        try await day(26, next: nil)
        try await change("remove", 9...25)
        try await day(27, next: nil)
    }

    private func arm() {
        desk.arm(
            FaultyDesk.Trap(
                step: remote.step, fault: remote.fault, strikes: remote.strikes,
                isSilentFirst: remote.daemon != .goesOn))
    }

    /// Passes one date; where the fault strikes members are added, and the daemon has its fate.
    private func day(_ day: Int, next: Version?) async throws {
        while try await days.pass(until: november(day, 15)) {
            if next != nil { try await change("add", 21...25) }
            try await days.restart(remote.daemon)
        }
        if remote.fault == .deadToken { try days.replaceToken() }
        while try await days.pass(until: november(day + 1, 7)) {
            try await days.restart(remote.daemon)
        }
    }

    private func change(_ verb: String, _ members: ClosedRange<Int>) async throws {
        let list = members.map { "\"\(person($0).hex)\"" }.joined(separator: ",")
        try await days.bench.ask(
            #"{"id": 1, "method": "member.\#(verb)", "params": {"instance": "acme-us", "#
                + #""members": [\#(list)]}}"#)
    }

    func end() async throws {
        try await days.end()
        try await desk.stop()
    }

    /// What is wrong with what TTD holds and with what the log says.
    var complaints: [String] {
        get async throws {
            let model = desk.model
            var wrong = model.complaints
            let versions = model.lists.map { list in
                Version.allCases.firstIndex { $0.rows == list.body }
            }
            if desk.struck == 0 { wrong.append("the fault did not strike") }
            if model.segments.count(where: { $0.name == "Buyers" }) != 1 {
                wrong.append("\(model.segments.count) segments")
            }
            if versions.contains(nil) { wrong.append("a list that never was") }
            if versions.contains(2) { wrong.append("a list that was to be approved first") }
            let order = versions.compactMap { $0 }
            if order != order.sorted() { wrong.append("an older list after a newer one") }
            if model.lists.last?.body != Version.second.rows { wrong.append("not the last list") }
            return wrong + (try await complaintsOfLog)
        }
    }

    private var complaintsOfLog: [String] {
        get async throws {
            var wrong: [String] = []
            let runs = try await days.bench.state[1].runs
            let dates = runs.filter { $0.end == .succeeded }.map(\.date.text)
            if Set(dates).count != dates.count { wrong.append("a date that was sent twice") }
            let hit = remote.isSecondList ? "2026-11-25" : "2026-11-24"
            let expected = ["2026-11-24", "2026-11-25", "2026-11-26"].filter {
                !remote.endsTheDate || $0 != hit
            }
            if dates != expected { wrong.append("sent: \(dates)") }
            if desk.model.lists.count < dates.count { wrong.append("a success without a list") }
            if runs.last?.hold?.reason != .shrink { wrong.append("the shrunken list is not held") }
            return wrong
        }
    }
}

/// Waits a twentieth of a second for what may take a minute, so that a test need not.
private struct Hasty: Transport {
    let inner: any Transport

    func carry(_ exchange: Exchange) async throws(TransportError) -> ExchangeAnswer {
        var hasty = exchange
        hasty.timeout = .milliseconds(50)
        return try await inner.carry(hasty)
    }
}

/// Asks for what the host's name is when the desk says that it is unknown.
private struct Nameless: Transport {
    let inner: any Transport
    let desk: FaultyDesk

    func carry(_ exchange: Exchange) async throws(TransportError) -> ExchangeAnswer {
        let isStore = if case .rows = exchange.body { true } else { false }
        var named = exchange
        named.url = desk.named(exchange.url, exchange.method, isStore: isStore)
        return try await inner.carry(named)
    }
}

/// What a daemon might do wrongly on the wire; the judge must notice each.
private enum Mistake: String, CaseIterable, Sendable {
    case showsTheStorageItsToken, sendsAnOlderListAgain, createsWithoutLooking, believesAnyUpload
    case guardsNothing
}

/// The real transport, with one mistake.
private struct Mistaken: Transport {
    /// The list that was uploaded first.
    final class Memory: Sendable {
        let first = Mutex<UploadBody?>(nil)
    }

    let inner: HTTPTransport
    let mistake: Mistake
    let memory: Memory

    func carry(_ exchange: Exchange) async throws(TransportError) -> ExchangeAnswer {
        var wrong = exchange
        switch (mistake, exchange.body) {
        case (.showsTheStorageItsToken, .rows):
            wrong.token = Token("first-token".utf8)
            return try await inner.carry(wrong)
        case (.sendsAnOlderListAgain, .rows(let rows)):
            let answer = try await inner.carry(exchange)
            let first = memory.first.withLock { first in
                first = first ?? rows
                return first
            }
            guard let first else { return answer }
            wrong.body = .rows(first)
            return try await inner.carry(wrong)
        case (.createsWithoutLooking, .none) where exchange.method == "GET":
            let answer = try await inner.carry(exchange)
            return Self.answer(answer.status, #"{"Segments": [], "PagingToken": null}"#)
        case (.believesAnyUpload, .rows):
            _ = try await inner.carry(exchange)
            return Self.answer(200, "")
        default: return try await inner.carry(exchange)
        }
    }

    private static func answer(_ status: Int, _ body: String) -> ExchangeAnswer {
        ExchangeAnswer(
            status: status, retryAfter: nil, requestId: nil, body: Array(body.utf8), isWhole: true)
    }
}

@Suite(.timeLimit(.minutes(5))) struct `A fault at TTD, over HTTP` {
    @Test(
        arguments: RemoteCase.all(DeskModel.Step.allCases)
            + RemoteCase.all([.open, .upload], isSecondList: true))
    func `leaves the right list in the one segment, each date sent once`(remote: RemoteCase)
        async throws
    {
        try await Turnstile.shared.pass {
            let story = try await Story(remote)
            try await story.tell()
            let complaints = try await story.complaints
            #expect(complaints.isEmpty)
            try await story.end()
        }
    }

    @Test(arguments: RemoteCase.all([.list]))
    func `never replaces a list that is not ours`(remote: RemoteCase) async throws {
        try await Turnstile.shared.pass {
            let story = try await Story(remote)
            story.desk.plant(.init(id: "theirs", name: "Buyers", region: "US"))
            try await story.tell()
            #expect(story.desk.struck > 0)
            #expect(story.desk.model.lists.isEmpty)
            #expect(story.desk.model.segments.map(\.id) == ["theirs"])
            let runs = try await story.days.bench.state[1].runs
            #expect(runs.last?.hold?.reason == .firstReplace)
            try await story.end()
        }
    }

    @Test(arguments: Mistake.allCases)
    private func `is no cover for a mistake`(mistake: Mistake) async throws {
        try await Turnstile.shared.pass {
            let isAtCreation = mistake == .createsWithoutLooking
            let story = try await Story(
                RemoteCase(
                    fault: isAtCreation ? .resetInBody : .serverError,
                    step: isAtCreation ? .create : .upload, daemon: .goesOn), mistake)
            try await story.tell()
            #expect(try await !story.complaints.isEmpty)
            try await story.end()
        }
    }
}

/// Lets four cases run at once: each waits for HTTP, and more would only wait for one another.
actor Turnstile {
    static let shared = Turnstile(places: 4)
    private var places: Int
    private var queue: [CheckedContinuation<Void, Never>] = []

    init(places: Int) { self.places = places }

    func pass(_ body: sending () async throws -> Void) async throws {
        if places > 0 {
            places -= 1
        } else {
            await withCheckedContinuation { queue.append($0) }
        }
        defer {
            if queue.isEmpty { places += 1 } else { queue.removeFirst().resume() }
        }
        try await body()
    }
}
