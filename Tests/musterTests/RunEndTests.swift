import Testing

@testable import MusterClient
@testable import muster

@Suite
struct RunEndTests {
    private static func run(_ state: String, _ members: [(String, JSONValue)]) throws -> Run {
        let known: [(String, JSONValue)] = [
            ("run", 12), ("instance", "acme-us"), ("state", .string(state)), ("count", 70),
        ]
        let object = (known + members).map { JSONValue.Member(name: $0.0, value: $0.1) }
        return try Run(Answer(.object(object)))
    }

    @Test func `a held run says how to approve it`() throws {
        let failure = try #require(
            Failure(endOf: try Self.run("held", [("reason", "shrink")])))
        #expect(failure.status == .conflict)
        #expect(
            failure.message
                == "run 12 is held (shrink): many members are gone since the last success")
        #expect(
            failure.remedy?.hasSuffix("sync approve acme-us --run 12 --expect-count 70.") == true)
    }

    @Test func `a failed run ends otherwise than a skipped one`() throws {
        #expect(
            Failure(endOf: try Self.run("failed", [("class", "unavailable")]))?.status
                == .syncFailed)
        #expect(
            Failure(endOf: try Self.run("skipped", [("reason", "empty")]))?.status == .conflict)
        #expect(Failure(endOf: try Self.run("succeeded", [])) == nil)
    }

    @Test func `a reason of a later version is given as it is`() throws {
        let failure = Failure(endOf: try Self.run("held", [("reason", "later")]))
        #expect(failure?.message == "run 12 is held (later)")
    }

    @Test(arguments: [
        "empty", "belowMinimum", "shrink", "growth", "firstReplace", "duplicateSegment",
        "credential", "disabled", "tooLarge", "restored", "rejected", "unauthorized",
        "unavailable", "stale", "erased", "determinism",
    ])
    func `every reason and class has its words`(word: String) throws {
        #expect(RunEnd(try Self.run("held", [("reason", .string(word))]))?.remedy.isEmpty == false)
    }
}
