import Testing

@testable import MusterClient

@Suite struct LogHistoryTests {
    private let server = Server(
        version: "0.1.0", protocolVersion: 1, capabilities: [], limits: [:], logId: "5f0c",
        position: 100)

    @Test(arguments: [
        (LogBookmark(logId: "5f0c", position: 100), LogHistory.continued),
        (LogBookmark(logId: "5f0c", position: 99), .continued),
        (LogBookmark(logId: "5f0c", position: 101), .shorter),
        (LogBookmark(logId: "77aa", position: 99), .adopted),
        (LogBookmark(logId: "77aa", position: 101), .adopted),
    ])
    func `a log that was put back is told from one that goes on`(
        point: LogBookmark, expected: LogHistory
    ) {
        #expect(server.history(since: point) == expected)
    }

    @Test func `what is kept from one connect is compared at the next`() {
        #expect(server.bookmark == LogBookmark(logId: "5f0c", position: 100))
        #expect(server.history(since: server.bookmark) == .continued)
    }
}
