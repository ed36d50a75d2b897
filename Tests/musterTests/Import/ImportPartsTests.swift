import FoundationEssentials
import MusterCore
import Testing

@testable import muster

@Suite
struct ImportPartsTests {
    @Test(arguments: [
        ("5%", RejectLimit.percent(5)), ("0.5%", .percent(0.5)), ("12", .count(12)),
        ("0", .count(0)),
    ])
    func `a limit is a count or a share`(text: String, limit: RejectLimit) {
        #expect(RejectLimit(argument: text) == limit)
        #expect(limit.text == text)
    }

    @Test(arguments: [
        (RejectLimit.count(2), 2, 3, false, false), (.count(2), 3, 3, false, true),
        (.percent(5), 900, 999, false, false), (.percent(5), 50, 1000, false, false),
        (.percent(5), 51, 1000, false, true), (.percent(5), 1, 10, true, true),
        (.percent(0), 1, 100_000, true, true),
    ])
    func `a share is judged late in the input, a count at once`(
        limit: RejectLimit, rejected: Int, rows: Int, isLast: Bool, isPassed: Bool
    ) {
        #expect(limit.isPassed(rejected: rejected, of: rows, isLast: isLast) == isPassed)
    }

    private static let screen = ImportScreen(
        piiType: "email", endpoint: "https://api.thetradedesk.com/v3")

    @Test(arguments: [
        ("nobody", Direction.add, MemberRejection.notAHash), ("a@b@c", .remove, .manyAts),
        ("optout@example.com", .add, .reserved),
        (String(repeating: "0a", count: 32), .add, .addressNeeded),
    ])
    func `what the daemon would reject is found before it is sent`(
        member: String, direction: Direction, reason: MemberRejection
    ) {
        let row = InputRow(file: 1, line: 7, content: .change(direction, member: member))
        let screened = InputRow(file: 1, line: 7, content: .noMember(reason, member: member))
        #expect(Self.screen.screened(row) == screened)
    }

    @Test(arguments: [
        ("a@x.example", Direction.add), ("optout@example.com", .remove),
        (String(repeating: "0a", count: 32), .remove),
    ])
    func `what the daemon takes passes`(member: String, direction: Direction) {
        let row = InputRow(line: 1, content: .change(direction, member: member))
        #expect(Self.screen.screened(row) == row)
    }

    private static func text(withMembers: Bool) throws -> String {
        let path = "/tmp/muster-rejects-test-\(UInt64.random(in: 0 ... .max))"
        defer {
            // What is left behind lies in the folder for temporary things.
            try? FileManager.default.removeItem(atPath: path)
        }
        let file = try RejectFile(path, withMembers: withMembers, replacing: false)
        file.add(file: "a,b.txt", line: 3, "notAHash", member: "say \"no\"")
        file.add(file: "c.txt", line: 4, "notText", member: nil)
        try file.flush()
        #expect(throws: Failure.self) {
            try RejectFile(path, withMembers: false, replacing: false)
        }
        return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    @Test func `rejected rows are named by file, line and reason, and by themselves where asked`()
        throws
    {
        #expect(
            try Self.text(withMembers: false)
                == "file,line,reason\n\"a,b.txt\",3,notAHash\nc.txt,4,notText\n")
        #expect(
            try Self.text(withMembers: true)
                == "file,line,reason,member\n\"a,b.txt\",3,notAHash,\"say \"\"no\"\"\"\n"
                + "c.txt,4,notText,\n")
    }

    @Test func `a full disk is told when somebody asks`() throws {
        let file = try RejectFile("/dev/null", withMembers: false, replacing: true)
        file.add(file: "a", line: 1, "notText", member: nil)
        #expect(file.failure == nil)
        #expect(throws: Failure.self) {
            try RejectFile("/dev/full", withMembers: false, replacing: true)
        }
    }
}
