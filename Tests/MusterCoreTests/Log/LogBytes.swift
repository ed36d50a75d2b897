@testable import MusterCore

/// A segment in memory, as a writer leaves it.
struct LogBytes {
    private(set) var header: SegmentHeader
    private(set) var bytes: [UInt8]
    private(set) var events: [Event] = []
    /// Where each commit begins.
    private(set) var offsets: [Int] = []
    private var chain: Digest

    init(log: LogID = LogID(high: 1, low: 2), number: UInt64 = 1, base: Position = 1) {
        let start = Chain.start(of: log)
        header = SegmentHeader(
            log: log, number: number, basePosition: base, previousChain: start,
            createdAt: Timestamp(milliseconds: 1_795_000_000_000))
        bytes = header.bytes
        chain = start
    }

    mutating func commit(_ new: [Event]) throws {
        var encoder = CommitEncoder()
        for event in new {
            guard try encoder.add(event, salt: { Salt(first: 3, second: 4) }) else {
                throw EncodingFault.eventTooLarge(bytes: 0)
            }
        }
        var commit: [UInt8] = []
        chain = encoder.seal(
            firstPosition: header.basePosition + Position(events.count), after: chain,
            seed: header.seed, into: &commit)
        offsets.append(bytes.count)
        bytes += commit
        events += new
    }

    /// A log of `commits` random commits of one to three events, and zeros behind it.
    static func random(seed: UInt64, commits: Int, zeros: Int = 1024) throws -> LogBytes {
        var source = EventSource(seed: seed)
        var log = LogBytes()
        for _ in 0..<commits {
            try log.commit((0...source.below(3)).map { _ in source.event() })
        }
        log.bytes += [UInt8](repeating: 0, count: zeros)
        return log
    }
}

/// What a scan of `bytes` finds: the events, and how the segment ends.
func read(
    _ bytes: [UInt8], _ header: SegmentHeader, isLast: Bool = true,
    scrutiny: Scrutiny = .checksums
) throws -> (events: [Event], end: SegmentEnd) {
    var scan = SegmentScan(header, isLast: isLast, scrutiny: scrutiny)
    var events: [Event] = []
    while true {
        switch scan.step(in: bytes.span) {
        case .commit(let commit):
            try commit.events(of: bytes.span) { event, _ in events.append(event) }
        case .end(let end): return (events, end)
        }
    }
}
