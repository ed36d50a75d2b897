import Testing

@testable import MusterCore

@Suite struct `Segment headers` {
    @Test func `a header is read back as it was`() throws {
        var source = EventSource(seed: 2)
        let header = SegmentHeader(
            log: LogID(high: source.number(), low: source.number()), number: source.number(),
            basePosition: source.number(), previousChain: source.digest(),
            createdAt: Timestamp(milliseconds: -5))
        #expect(header.bytes.count == SegmentHeader.size)
        let read = try SegmentHeader(decoding: header.bytes.span)
        #expect(read == header)
    }

    @Test(arguments: 0..<SegmentHeader.size * 8)
    func `a flipped bit is refused`(bit: Int) {
        var bytes = LogBytes().header.bytes
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        #expect(throws: LogFault.self) { try SegmentHeader(decoding: bytes.span) }
    }

    @Test func `a newer format is told from damage`() {
        var bytes = Array(LogBytes().header.bytes.prefix(124))
        bytes[8] = 2
        bytes.append(number: CRC32C.checksum(of: bytes.span))
        #expect(throws: LogFault.newer("segment format 2")) {
            try SegmentHeader(decoding: bytes.span)
        }
    }

    @Test func `the seed differs by log and by segment`() {
        let seeds = [
            LogBytes().header.seed, LogBytes(number: 2).header.seed,
            LogBytes(log: LogID(high: 1, low: 3)).header.seed,
        ]
        #expect(Set(seeds).count == 3)
    }
}
