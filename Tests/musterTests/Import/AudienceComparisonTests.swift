import MusterClient
import MusterCore
import Testing

@testable import muster

@Suite
struct AudienceComparisonTests {
    private static func address(_ number: Int) -> String { "m\(number)@x.example" }

    private static func digest(_ number: Int) -> String {
        Digest.sha256(address(number).utf8).hex
    }

    private static func row(_ direction: Direction, _ number: Int) -> InputRow {
        InputRow(line: number, content: .change(direction, member: address(number)))
    }

    /// Compares rows with an audience of these people.
    private static func compared(
        _ rows: [InputRow], with people: [Int], whole: Bool
    ) async throws -> AudienceComparison {
        let digests = people.map(digest).sorted()
        let server = try await ScriptedServer.start { _, requests in
            requests.suffix(1).map {
                $0.reply([
                    "members": .array(digests.map { .string($0) }), "next": .null,
                    "count": .integer(Int64(digests.count)),
                ])
            }
        }
        let muster = try await MusterConnection.connect(path: server.path)
        var comparison = AudienceComparison()
        for row in rows { comparison.take(row) }
        try await comparison.compare(with: muster.members(of: "acme-us"), whole: whole)
        await muster.close()
        try await server.close()
        return comparison
    }

    @Test func `a whole audience lets come who is new, and go who is not named`() async throws {
        let rows = [1, 2, 3, 3].map { Self.row(.add, $0) }
        let found = try await Self.compared(rows, with: [2, 3, 4, 5], whole: true)
        #expect((found.come, found.go, found.stay) == (1, 2, 2))
        #expect(Set(found.others.map(\.hex)) == [Self.digest(4), Self.digest(5)])
        #expect(rows.map(found.brings) == [true, false, false, false])
        #expect(!found.brings(Self.row(.remove, 1)) && !found.brings(Self.row(.add, 4)))
    }

    @Test func `of several changes of one person the last counts`() async throws {
        let rows = [
            Self.row(.add, 1), Self.row(.remove, 1), Self.row(.remove, 2), Self.row(.add, 2),
            Self.row(.remove, 3), Self.row(.remove, 9), Self.row(.add, 4),
        ]
        let found = try await Self.compared(rows, with: [1, 2, 3, 8], whole: false)
        #expect((found.come, found.go, found.stay) == (1, 2, 2))
        #expect(found.others.isEmpty)
    }

    @Test func `an input of whom the audience has already is not empty`() async throws {
        let found = try await Self.compared([Self.row(.add, 2)], with: [2, 3], whole: true)
        #expect(!found.isEmpty && found.come == 0)
    }

    @Test func `rows without anybody are an empty input`() {
        var comparison = AudienceComparison()
        comparison.take(InputRow(line: 1, content: .noMember(.empty, member: "")))
        #expect(comparison.isEmpty)
    }
}
