import MusterCore
import NIOCore
import Testing

@testable import musterd

/// P-REQ-5, P-ACCESS-3: form, rights, command id, deadline, version, then what the method itself demands.
///
/// Each test fails two of them at once.
@Suite struct `Of two reasons to refuse a command` {
    /// What of a command is wrong; the order is that of the checks.
    enum Fault: Int, CaseIterable, Sendable {
        case form
        case rights
        case commandId
        case deadline
        case version
        case method

        var error: String {
            switch self {
            case .form: "params.invalid"
            case .rights: "access.denied"
            case .commandId: "command.id_reused"
            case .deadline: "deadline.exceeded"
            case .version: "version.conflict"
            case .method: "member.invalid"
            }
        }
    }

    private static let pairs = Fault.allCases.flatMap { first in
        Fault.allCases.filter { $0.rawValue > first.rawValue }.map { (first, $0) }
    }

    private static func command(_ faults: Set<Fault>) -> String {
        let member = faults.contains(.method) ? "nobody" : person(9).hex
        let more = faults.contains(.form) ? #", "stranger": 1"# : ""
        return request(
            "member.add", #"{"instance": "acme-us", "member": "\#(member)"\#(more)}"#,
            #", "commandId": "\#(faults.contains(.commandId) ? "used" : "new")", "#
                + #""deadlineMs": \#(faults.contains(.deadline) ? 50 : 60_000), "#
                + #""expectedVersion": \#(faults.contains(.version) ? 99 : 2)"#)
    }

    private func answer(_ faults: Set<Fault>) throws -> Answer {
        let turns = try Turns()
        _ = try turns.ask(configuring, adding(1, with: #", "commandId": "used""#))
        let client = try turns.connect(faults.contains(.rights) ? .stranger : .root)
        try turns.engine.receive(
            Reading(body: Array(Self.command(faults).utf8).span), from: client.connection,
            arrival: NIODeadline.now() - .seconds(1))
        turns.turn()
        return try #require(try client.replies().first)
    }

    @Test(arguments: pairs) func `the earlier check is the answer`(first: Fault, second: Fault)
        throws
    {
        #expect(try answer([first, second]).error == first.error)
    }

    @Test(arguments: Fault.allCases) func `each is one alone`(fault: Fault) throws {
        #expect(try answer([fault]).error == fault.error)
    }

    @Test func `without any it is taken`() throws {
        #expect(try answer([]).error == nil)
    }
}
