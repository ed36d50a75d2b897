import Foundation
import Logging
import MusterCore
import Testing

@testable import musterd

@Suite struct `The journal` {
    /// The entries of systemd/musterd.catalog: each id, and what stands below it.
    private static func catalog() throws -> [(id: String, text: String)] {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().appending(path: "../../../systemd/musterd.catalog")
        let text = try String(contentsOf: file, encoding: .utf8)
        return text.components(separatedBy: "\n-- ").dropFirst().compactMap { entry in
            entry.firstIndex(of: "\n").map { (String(entry[..<$0]), String(entry[$0...])) }
        }
    }

    @Test func `has a text in the catalog for each kind of message, and for nothing else`() throws {
        let described = try Self.catalog().map(\.id)
        #expect(described.sorted() == JournalMessage.allCases.map(\.rawValue).sorted())
    }

    @Test func `catalog says of each message what it is and what to do`() throws {
        for (id, text) in try Self.catalog() {
            let subject = text.components(separatedBy: "\n").first { $0.hasPrefix("Subject: ") }
            #expect((subject?.count ?? 0) > 20, "\(id) has no subject")
            let body = text.components(separatedBy: "\n\n").dropFirst().joined()
            #expect(body.count > 60, "\(id) has no text")
        }
    }

    @Test func `ids are 128 bits that nobody else has`() {
        for message in JournalMessage.allCases {
            #expect(message.rawValue.wholeMatch(of: /[0-9a-f]{32}/) != nil)
        }
        #expect(Set(JournalMessage.allCases.map(\.rawValue)).count == JournalMessage.allCases.count)
    }

    @Test(arguments: [
        ("run", "MUSTER_RUN"), ("instance", "MUSTER_INSTANCE"), ("position", "MUSTER_POSITION"),
        ("leftOut", "MUSTER_LEFT_OUT"), ("MESSAGE_ID", "MESSAGE_ID"),
    ])
    func `names the metadata of a line as its fields`(key: String, field: String) {
        #expect(Journal.field(key) == field)
    }

    @Test func `is given a line whole, with its fields beside it`() {
        let entry = JournalLogHandler.entry(
            "ready position=7", 6, [("position", "7"), ("MESSAGE_ID", "abc")])
        #expect(
            entry.map { "\($0.name)=\($0.value)" } == [
                "MESSAGE=ready position=7", "PRIORITY=6", "SYSLOG_IDENTIFIER=musterd",
                "MUSTER_POSITION=7", "MESSAGE_ID=abc",
            ])
    }

    @Test(arguments: [nil, "", "1:2", "no stream"])
    func `is not where standard error leads when its name is another's`(name: String?) {
        #expect(!Journal.isStandardError(named: name))
    }
}

@Suite struct `The end of a run` {
    @Test func `is told by its kind, with the reason and what to do`() throws {
        let held = try #require(
            RunEnding(of: .syncHeld(SyncHeld(run: RunID(7), reason: .shrink, detail: "half"))))
        #expect(held.kind == .runHeld && held.run == RunID(7))
        #expect(
            held.text == "the run is held: " + HoldReason.shrink.message + " (half) "
                + HoldReason.shrink.remedy)
    }

    @Test func `for want of a token has a kind of its own`() {
        let held = SyncHeld(run: RunID(7), reason: .credential, detail: "")
        #expect(RunEnding(of: .syncHeld(held))?.kind == .credentialWrong)
    }

    @Test func `is told of the ends only`() {
        #expect(RunEnding(of: .syncSucceeded(run: RunID(7)))?.kind == .runSucceeded)
        #expect(
            RunEnding(of: .syncFailed(run: RunID(7), class: .stale, detail: ""))?.kind
                == .runFailed)
        #expect(
            RunEnding(of: .syncSkipped(run: RunID(7), reason: .empty, remoteStale: true))?.kind
                == .runSkipped)
        #expect(RunEnding(of: .dropOpened(run: RunID(7), reference: "a")) == nil)
    }
}
