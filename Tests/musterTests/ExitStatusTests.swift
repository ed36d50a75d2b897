import Testing

@testable import MusterClient
@testable import muster

@Suite
struct ExitStatusTests {
    private static func status(_ name: String, kind: String = "") -> Int32 {
        ExitStatus(
            ServerError(
                name: name, kind: kind, message: "m", details: [:], isRetryable: false,
                wasApplied: false, remedy: "")
        ).rawValue
    }

    @Test(arguments: [
        ("frame.invalid", 2), ("frame.too_large", 2), ("request.invalid", 2),
        ("method.unknown", 2), ("params.invalid", 2), ("protocol.unsupported", 2),
        ("instance.unknown", 5), ("run.unknown", 5), ("member.invalid", 2),
        ("members.invalid", 2), ("version.conflict", 6), ("command.id_reused", 6),
        ("instance.immutable", 6), ("instance.segment_taken", 6), ("instance.limit", 6),
        ("sync.running", 6), ("sync.too_soon", 6), ("sync.count_changed", 6), ("sync.not_held", 6),
        ("server.busy", 7), ("server.stopping", 7), ("log.full", 7), ("deadline.exceeded", 8),
        ("internal", 1),
    ])
    func `every refusal has its status`(name: String, status: Int32) {
        #expect(Self.status(name) == status)
    }

    @Test(arguments: [
        ("access", 4), ("conflict", 6), ("upstream", 9), ("unavailable", 7), ("something", 1),
    ])
    func `a refusal of a later version goes by its family`(kind: String, status: Int32) {
        #expect(Self.status("later.name", kind: kind) == status)
    }

    private static let unanswered: [(ClientError, Int32)] = [
        (.unreachable(reason: .noPermission, path: "/s", remedy: "r"), 3),
        (.connectionLost(commandId: "c"), 7), (.timedOut(commandId: nil), 8),
        (.requestTooLarge(bytes: 2, limit: 1), 2), (.protocolViolation("w"), 1),
    ]

    @Test(arguments: unanswered)
    func `a call without an answer has its status`(error: ClientError, status: Int32) {
        #expect(ExitStatus(error).rawValue == status)
        #expect(Failure(error).lines.first?.hasPrefix("muster: ") == true)
    }
}
