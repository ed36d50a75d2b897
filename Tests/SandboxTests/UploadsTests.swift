import HTTPTypes
import HummingbirdTesting
import Testing

@testable import ttd_sandbox

@Suite struct UploadsTests {
    @Test func `an upload is shown as it arrived`() async throws {
        try await Desk.open { desk in
            let drop = try await desk.openDrop()
            let rows = "jane@example.com\njane@example.com\nnobody\n"
            let answer = try await desk.upload(drop.target, rows)
            #expect(answer.status == .ok)
            #expect(
                try await desk.drops() == [
                    .init(
                        bytes: 41, rows: 3, invalidRows: 1, duplicateRows: 1,
                        sha256: "3573e5351f7a9737f3f7dd32a6326434b84c27c50c0dde9e8e2567cebb98da91")
                ])
            #expect(try await desk.send(.get, "/inspect/segments/tnlsw2x/rows").text == rows)
            #expect(try await desk.problems().isEmpty)
        }
    }

    @Test func `the order of uploads shows, whatever order drops were opened in`() async throws {
        try await Desk.open { desk in
            let older = try await desk.openDrop()
            let newer = try await desk.openDrop()
            _ = try await desk.upload(newer.target, "new@example.com\n")
            _ = try await desk.upload(older.target, "old@example.com\n")
            _ = try await desk.upload(older.target, "old@example.com\n")
            let drops = try await desk.drops()
            #expect(drops.map(\.number) == [1, 2])
            #expect(drops.map(\.acceptedNumber) == [3, 1])
            #expect(drops.map(\.uploads) == [2, 1])
            let rows = try await desk.send(.get, "/inspect/segments/tnlsw2x/rows").text
            #expect(rows == "old@example.com\n")
        }
    }

    @Test(
        arguments: [
            ([.ttdAuth: "good"], .tokenOnUpload),
            ([.authorization: "x"], .foreignHeaderOnUpload),
            ([.cookie: "x"], .foreignHeaderOnUpload),
            ([.amazonRequestID: "x"], .foreignHeaderOnUpload),
        ] as [(HTTPFields, Problem)])
    func `a foreign header is refused`(headers: HTTPFields, problem: Problem) async throws {
        try await Desk.open { desk in
            let drop = try await desk.openDrop()
            let answer = try await desk.upload(drop.target, "a@b\n", headers: headers)
            #expect(answer.status == .forbidden)
            #expect(answer.text.contains("<Code>AccessDenied</Code>"))
            #expect(try await desk.problems() == [problem.rawValue: 1])
            #expect(try await desk.drops().map(\.accepted) == [false])
        }
    }

    @Test func `an upload without a length is refused`() async throws {
        try await Desk.open { desk in
            let drop = try await desk.openDrop()
            #expect(try await desk.upload(drop.target, nil).status == .lengthRequired)
        }
    }

    @Test func `an upload that is too large is refused before it is read`() async throws {
        try await Desk.open(.live) { desk in
            let drop = try await desk.openDrop()
            let answer = try await desk.upload(
                drop.target, nil, headers: [.contentLength: "5368709121"])
            #expect(answer.status == .badRequest)
            #expect(answer.text.contains("<Code>EntityTooLarge</Code>"))
            #expect(answer.headers[.connection] == "close")
        }
    }

    @Test(arguments: [
        ("drop/", "drip/"), ("Expires=3600", "Expires=9999"), ("pii?", "pii?a=b&"),
    ])
    func `a URL that was changed is refused`(part: String, change: String) async throws {
        try await Desk.open { desk in
            let target = try await desk.openDrop().target.replacing(part, with: change)
            let answer = try await desk.upload(target, "a@b\n")
            #expect(answer.status.code == (part == "drop/" ? 404 : 403))
            #expect(try await desk.drops().map(\.accepted) == [false])
        }
    }
}
