import Logging
import MusterCore
import Synchronization
import Testing

@testable import musterd

@Suite struct `The watch of the clocks` {
    private let scratch: Scratch
    private let journal = Journal()
    private var watch: ClockWatch

    init() throws {
        scratch = try Scratch()
        let journal = journal
        watch = ClockWatch(
            credentials: Credentials(directory: scratch.credentials),
            logger: Logger(label: "test") { _ in journal })
        try write(expires: "2026-12-31")
    }

    private func write(expires: String) throws {
        try scratch.credential("t\nendpoint \(ScriptedTransport.api)\nexpires \(expires)\n")
    }

    private func sent(daysAgo: Int64?) throws -> EngineHandle.Sent {
        EngineHandle.Sent(
            instance: try #require(InstanceID("acme")), credential: "ttd-token",
            clock: daysAgo.map { .upload(daysAgo: $0) })
    }

    @Test(
        arguments: [
            (149, []), (150, ["warning instance acme"]), (180, ["error instance acme"]),
        ] as [(Int64, [String])])
    mutating func `tells of a list that TTD is about to forget, once a day`(
        days: Int64, lines: [String]
    ) throws {
        for seconds: Int64 in [0, 15, 30] {
            watch.look(at: [try sent(daysAgo: days)], at: noon.advanced(seconds: seconds))
        }
        #expect(journal.lines == lines)
        watch.look(at: [try sent(daysAgo: days)], at: noon.advanced(seconds: 86_400))
        #expect(journal.lines == lines + lines)
    }

    @Test mutating func `tells of a token that expires, and reads its file once an hour`() throws {
        let audience = [try sent(daysAgo: nil), try sent(daysAgo: nil)]
        watch.look(at: audience, at: noon)
        #expect(journal.lines == [])
        try write(expires: "2026-11-24")
        watch.look(at: audience, at: noon.advanced(seconds: 3599))
        #expect(journal.lines == [])
        watch.look(at: audience, at: noon.advanced(seconds: 3600))
        #expect(journal.lines == ["error credential ttd-token"])
    }

    @Test mutating func `says nothing of a file that cannot be read`() throws {
        try scratch.remove("credentials/ttd-token")
        watch.look(at: [try sent(daysAgo: nil)], at: noon)
        #expect(journal.lines == [])
    }
}

/// Keeps what is logged: level and subject of each line.
private final class Journal: LogHandler, Sendable {
    private let kept = Mutex<[String]>([])
    var lines: [String] { kept.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    func log(event: LogEvent) {
        let subject = (event.metadata ?? [:]).filter { $0.key != JournalMessage.field }
            .map { "\($0) \($1)" }.sorted().joined(separator: " ")
        kept.withLock { $0.append("\(event.level) \(subject)") }
    }
}
