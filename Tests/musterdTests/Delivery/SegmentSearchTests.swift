import MusterCore
import Testing

@testable import musterd

@Suite(.timeLimit(.minutes(1))) struct `A search for the segment` {
    @Test func `by exact name and region holds the first run until it is approved`() async throws {
        let desk = ScriptedTransport(segments: [
            .init(id: "eu", name: "Buyers", region: "EU"), .init(id: "case", name: "buyers"),
            .init(id: "long", name: "Buyers 2"), .init(id: "right", name: "Buyers"),
        ])
        let bench = try await Bench(audience(), desk: desk)
        let held = try await bench.sync()
        #expect(held.hold?.reason == .firstReplace)
        #expect(desk.routes == [.list])
        let segment = try await bench.state[1].segment
        #expect(segment == Segment(crmDataId: "right", firstPartyDataId: "5", origin: .found))
        let sent = try await bench.sync(#", "approve": {"run": \#(held.id), "count": 20}"#)
        #expect(sent.end == .succeeded)
        #expect(desk.routes == [.list, .open, .upload])
        #expect(desk.lists.map(\.segment) == ["right"])
        #expect(try await bench.sync(#", "again": true"#).end == .succeeded)
    }

    @Test func `by a given id does not look at names, and holds the first run too`() async throws {
        let desk = ScriptedTransport(segments: [
            .init(id: "named", name: "Buyers"), .init(id: "given", name: "Old name"),
        ])
        let bench = try await Bench(audience { $0.externalAudienceId = "given" }, desk: desk)
        let held = try await bench.sync()
        #expect(held.hold?.reason == .firstReplace)
        let sent = try await bench.sync(#", "approve": {"run": \#(held.id), "count": 20}"#)
        #expect(sent.end == .succeeded)
        #expect(desk.lists.map(\.segment) == ["given"])
    }

    @Test func `by an id that is not there fails and creates nothing`() async throws {
        let desk = ScriptedTransport(segments: [.init(id: "other", name: "Buyers")])
        let bench = try await Bench(audience { $0.externalAudienceId = "given" }, desk: desk)
        let run = try await bench.sync()
        #expect(run.failure == .rejected)
        #expect(desk.routes == [.list])
        #expect(try await bench.state[1].segment == nil)
    }

    @Test func `that finds two of one name holds the run and touches neither`() async throws {
        let desk = ScriptedTransport(segments: [
            .init(id: "one", name: "Buyers"), .init(id: "two", name: "Buyers"),
        ])
        let bench = try await Bench(audience(), desk: desk)
        let run = try await bench.sync()
        #expect(run.hold?.reason == .duplicateSegment)
        #expect(desk.routes == [.list])
        #expect(try await bench.state[1].segment == nil)
    }

    @Test func `goes over all pages, with the token escaped`() async throws {
        let others = (1...5).map { ScriptedTransport.Entry(id: "s\($0)", name: "Other \($0)") }
        let desk = ScriptedTransport(
            segments: others + [.init(id: "last", name: "Buyers")], pageSize: 2,
            pagingToken: { "a+b/c=&ü \($0)" })
        let bench = try await Bench(audience(), desk: desk)
        #expect(try await bench.sync().hold?.reason == .firstReplace)
        let path = "https://desk.test/v3/crmdata/segment/adv1"
        #expect(
            desk.calls.map(\.url) == [
                path, path + "?pagingToken=a%2Bb%2Fc%3D%26%C3%BC%201",
                path + "?pagingToken=a%2Bb%2Fc%3D%26%C3%BC%202",
            ])
        #expect(try await bench.state[1].segment?.crmDataId == "last")
    }

    @Test func `sees two of one name on different pages`() async throws {
        let desk = ScriptedTransport(
            segments: [
                .init(id: "one", name: "Buyers"), .init(id: "s", name: "Other"),
                .init(id: "two", name: "Buyers"),
            ], pageSize: 1)
        let bench = try await Bench(audience(), desk: desk)
        #expect(try await bench.sync().hold?.reason == .duplicateSegment)
    }

    @Test func `ends at a page without segments, whatever token it has`() async throws {
        let desk = ScriptedTransport()
        desk.script(.list, .answer(200, body: #"{"Segments": [], "PagingToken": "more"}"#))
        let bench = try await Bench(audience(), desk: desk)
        #expect(try await bench.sync().end == .succeeded)
        #expect(desk.routes == [.list, .create, .open, .upload])
    }

    @Test(arguments: [
        // A token that leads to itself, an answer that is no list, and rows that cannot be read.
        #"{"Segments": [{"CrmDataId": "x", "SegmentName": "n", "Region": "US"}], "PagingToken": "t"}"#,
        #"{"PagingToken": null}"#, #"{"Segments": null}"#,
    ])
    func `that cannot be trusted creates nothing`(page: String) async throws {
        let bench = try await Bench(audience())
        bench.desk.script(.list, .answer(200, body: page), .answer(200, body: page))
        #expect(try await bench.sync().failure == .rejected)
        #expect(bench.desk.routes.count <= 2)
        #expect(!bench.desk.routes.contains(.create))
    }

    @Test(arguments: [
        "no JSON", #"{"Segments": [{"SegmentName": "Buyers", "Region": "US"}]}"#,
        #"{"Segments": [{"CrmDataId": "..", "SegmentName": "Buyers", "Region": "US"}]}"#,
    ])
    func `whose list cannot be read creates nothing`(page: String) async throws {
        let bench = try await Bench(audience())
        bench.desk.script(.list, .answer(200, body: page))
        let run = try await bench.sync()
        #expect(run.failure != nil)
        #expect(!bench.desk.routes.contains(.create))
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A creation` {
    @Test func `whose answer was lost is waited out and looked for, and not repeated`()
        async throws
    {
        let bench = try await Bench(audience())
        bench.desk.script(.create, .doneAndLost)
        #expect(try await bench.sync().end == .succeeded)
        #expect(bench.desk.routes == [.list, .create, .list, .open, .upload])
        #expect(bench.desk.segments.count == 1)
        #expect(bench.clock.sleeps == [.seconds(120)])
        #expect(try await bench.state[1].segment?.origin == .created)
    }

    @Test func `whose answer was lost, and that is listed late, is not repeated`() async throws {
        let bench = try await Bench(audience())
        bench.desk.script(.create, .doneAndLost)
        bench.desk.script(
            .list, .answer(200, body: #"{"Segments": []}"#),
            .answer(200, body: #"{"Segments": []}"#))
        #expect(try await bench.sync().end == .succeeded)
        #expect(bench.desk.routes == [.list, .create, .list, .list, .open, .upload])
        #expect(bench.desk.segments.count == 1)
        #expect(bench.clock.sleeps == [.seconds(120), .seconds(60)])
    }

    @Test(arguments: [ScriptedTransport.Line.lost, .answer(200, body: "{}")])
    func `that came to nothing is repeated after two looks`(line: ScriptedTransport.Line)
        async throws
    {
        let bench = try await Bench(audience())
        bench.desk.script(.create, line)
        #expect(try await bench.sync().end == .succeeded)
        #expect(
            bench.desk.routes == [.list, .create, .list, .list, .create, .open, .upload])
        #expect(bench.desk.segments.count == 1)
        #expect(try bench.facts.count { $0.kind == "segmentCreationIntended" } == 2)
    }

    @Test(arguments: [500, 503])
    func `that was answered with an error is looked for before the next`(status: Int) async throws {
        let bench = try await Bench(audience())
        bench.desk.script(.create, .answer(status))
        #expect(try await bench.sync().end == .succeeded)
        #expect(bench.desk.routes == [.list, .create, .list, .create, .open, .upload])
        #expect(bench.desk.segments.count == 1)
    }

    @Test func `that always fails ends the run after three`() async throws {
        let bench = try await Bench(audience())
        bench.desk.script(.create, .answer(500), .answer(500), .answer(500))
        #expect(try await bench.sync().failure == .unavailable)
        #expect(bench.desk.routes.count { $0 == .create } == 3)
        #expect(bench.desk.segments.isEmpty)
    }

    @Test(arguments: [400, 404, 409, 410])
    func `that TTD refuses is not repeated`(status: Int) async throws {
        let bench = try await Bench(audience())
        bench.desk.script(.create, .answer(status, body: #"{"Message": "no"}"#))
        let run = try await bench.sync()
        #expect(run.failure == .rejected)
        guard case .failed(_, let detail) = run.end else { return }
        #expect(detail.hasPrefix("TTD answered \(status)"))
        #expect(detail.hasSuffix(": {\"Message\": \"no\"} (request request-1)"))
        #expect(bench.desk.routes == [.list, .create])
    }

    @Test func `never joins an instance's segment to another instance`() async throws {
        let bench = try await Bench(
            audience() + [
                .instanceConfigured(
                    InstanceConfigured(
                        instance: 2, created: InstanceID("second"),
                        change: second))
            ])
        bench.desk.script(
            .create, .answer(200, body: #"{"CrmDataId": "taken", "FirstPartyDataId": 1}"#))
        #expect(try await bench.sync().hold?.reason == .duplicateSegment)
        #expect(try await bench.state[1].segment == nil)
    }

    private var second: SettingsChange {
        var change = settings(of: "Others")
        change.externalAudienceId = "taken"
        return change
    }
}

extension Run {
    /// The class of the failure that ended it.
    var failure: FailureClass? {
        if case .failed(let failure, _) = end { failure } else { nil }
    }
}
