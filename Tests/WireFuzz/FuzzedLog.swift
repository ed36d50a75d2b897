import MusterCore

/// A segment in memory that holds what was decided, and must be read as it was written.
struct FuzzedLog {
    private var events: [Event] = []

    mutating func append(_ event: Event) { events.append(event) }

    func check() {
        let log = LogID(high: 1, low: 2)
        let header = SegmentHeader(
            log: log, number: 1, basePosition: 1, previousChain: Chain.start(of: log),
            createdAt: Timestamp(milliseconds: 0))
        var bytes = header.bytes
        do {
            try write(behind: header, to: &bytes)
            let found = try read(bytes, header)
            precondition(found == events, "other events were read than written")
        } catch {
            preconditionFailure("what was decided could not be kept")
        }
    }

    private func write(behind header: SegmentHeader, to bytes: inout [UInt8]) throws {
        var encoder = CommitEncoder()
        for event in events {
            let fits = try encoder.add(event, salt: { Salt(first: 3, second: 4) })
            precondition(fits, "short inputs made more than a commit holds")
        }
        guard !encoder.isEmpty else { return }
        var commit: [UInt8] = []
        _ = encoder.seal(
            firstPosition: 1, after: header.previousChain, seed: header.seed, into: &commit)
        bytes += commit
    }

    private func read(_ bytes: [UInt8], _ header: SegmentHeader) throws -> [Event] {
        var scan = SegmentScan(header, isLast: true, scrutiny: .digests)
        var events: [Event] = []
        while case .commit(let commit) = scan.step(in: bytes.span) {
            try commit.events(of: bytes.span) { event, _ in events.append(event) }
        }
        return events
    }
}
