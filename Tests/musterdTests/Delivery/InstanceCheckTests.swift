import MusterCore
import Testing

@testable import musterd

@Suite struct `A check of an audience` {
    private func check(
        _ desk: ScriptedTransport, _ edit: (inout SettingsChange) -> Void = { _ in },
        gate: Gate = Gate(),
        credential: String = "first-token\nendpoint \(ScriptedTransport.api)\nexpires 2026-11-24\n"
    ) async throws -> CheckAnswer {
        var state = State()
        for fact in audience(1...20, edit) {
            state.apply(Event(at: noon, actor: .daemon, fact: fact))
        }
        let instance = state[1]
        let read = Result { () throws(CredentialError) in
            try Credential(Array(credential.utf8))
        }
        return await InstanceCheck(
            calls: APICalls(transport: desk, clock: ManualClock(noon), gate: gate),
            settings: instance.settings, segment: instance.segment,
            segmentEndpoint: instance.segmentEndpoint, credential: read, now: noon
        ).answer(within: InstanceCheck.timeout)
    }

    private let place = Gate.Place.api
    private let buyers = ScriptedTransport.Entry(id: "one", name: "Buyers")

    @Test func `that proves all makes one call, which lists`() async throws {
        let desk = ScriptedTransport(segments: [buyers])
        let answer = try await check(desk)
        #expect(desk.routes == [.list])
        #expect(desk.calls.map(\.token) == ["first-token"])
        #expect(answer.token == .ok && answer.advertiser == .ok && answer.segment == .found)
        #expect(answer.problem == nil)
        #expect(answer.tokenDaysLeft == 1)
        #expect(answer.requestId == "request-1")
    }

    @Test func `looks for the segment by its name, or by its id where one was given`() async throws
    {
        let none = try await check(ScriptedTransport())
        #expect(none.segment == .absent && none.problem == nil)
        let two = try await check(ScriptedTransport(segments: [buyers, buyers]))
        #expect(two.segment == .several && two.problem?.kind == .segment)
        let gone = try await check(ScriptedTransport(segments: [buyers])) {
            $0.externalAudienceId = .some("two")
        }
        #expect(gone.segment == .absent && gone.problem?.kind == .segment)
        let far = try await check(ScriptedTransport(segments: [buyers, buyers], pageSize: 1)) {
            $0.externalAudienceId = .some("two")
        }
        #expect(far.segment == .unseen && far.problem == nil)
    }

    @Test(
        arguments: [
            (401, "", .token, .refused, .unknown),
            (403, #"{"Message": "\#(TradeDesk.deadTokenMessage)"}"#, .token, .refused, .unknown),
            (403, #"{"Message": "No right to it."}"#, .access, .ok, .refused),
            (400, "", .rejected, .ok, .unknown), (503, "", .unavailable, .unknown, .unknown),
            (429, "", .unavailable, .unknown, .unknown),
            (200, "<html>", .unavailable, .unknown, .unknown),
        ] as [(Int, String, CheckProblem.Kind, CheckAnswer.Part, CheckAnswer.Part)])
    func `that is refused says what is wrong, and is tried once`(
        status: Int, body: String, kind: CheckProblem.Kind, token: CheckAnswer.Part,
        advertiser: CheckAnswer.Part
    ) async throws {
        let desk = ScriptedTransport()
        desk.script(.list, .answer(status, body: body))
        let answer = try await check(desk)
        #expect(answer.problem?.kind == kind)
        #expect(answer.token == token && answer.advertiser == advertiser)
        #expect(desk.calls.count == 1)
    }

    @Test(arguments: [ScriptedTransport.Line.notSent, .lost])
    func `that gets no answer says so`(line: ScriptedTransport.Line) async throws {
        let desk = ScriptedTransport()
        desk.script(.list, line)
        #expect(try await check(desk).problem?.kind == .unreachable)
    }

    @Test func `without a usable credential makes no call`() async throws {
        let desk = ScriptedTransport()
        #expect(try await check(desk, credential: "\n").problem?.kind == .credential)
        #expect(desk.calls.isEmpty)
    }

    @Test func `waits for nobody where four calls are under way`() async throws {
        let desk = ScriptedTransport()
        let gate = Gate()
        for _ in 0..<Concurrency.most { try gate.enterAtOnce(place, token: nil, at: noon) }
        #expect(try await check(desk, gate: gate).problem?.kind == .unavailable)
        #expect(desk.calls.isEmpty)
        gate.leave(place, .answered, at: noon)
        #expect(try await check(desk, gate: gate).problem == nil)
    }

    @Test func `asks about a token that was refused before`() async throws {
        let desk = ScriptedTransport()
        let gate = Gate()
        gate.bury(Token("first-token".utf8).fingerprint, at: place)
        #expect(try await check(desk, gate: gate).token == .ok)
    }

    @Test func `keeps no secret of a foreign answer`() async throws {
        let desk = ScriptedTransport()
        let secret = "https://store.test/drop?signature=secret"
        desk.script(.list, .answer(400, body: #"{"Message": "see \#(secret)"}"#))
        #expect(try await check(desk).json.encoded().contains(Array("signature".utf8)) == false)
    }
}
