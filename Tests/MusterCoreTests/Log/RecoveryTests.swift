import Testing

@testable import MusterCore

@Suite struct `Recovery` {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `a flipped bit changes nothing or is refused`(seed: UInt64) throws {
        let log = try LogBytes.random(seed: seed, commits: 4)
        var bytes = log.bytes
        let contentEnd = bytes.span.endOfContent(in: 0..<bytes.count)
        for bit in SegmentHeader.size * 8..<bytes.count * 8 {
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let found = try read(bytes, log.header)
            switch found.end {
            case .damaged, .newer: break
            case .clean, .torn:
                #expect(bit / 8 >= contentEnd, "bit \(bit)")
                #expect(found.events == log.events, "bit \(bit)")
            }
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `an unfinished last commit never changes what stands before it`(seed: UInt64) throws {
        let log = try LogBytes.random(seed: seed, commits: 3)
        let last = try #require(log.offsets.last)
        let end = log.bytes.span.endOfContent(in: 0..<log.bytes.count)
        let whole = log.events
        let kept = try read(Array(log.bytes.prefix(last)), log.header).events
        for cut in last..<end {
            var bytes = log.bytes
            for offset in cut..<end { bytes[offset] = 0 }
            let found = try read(bytes, log.header)
            switch found.end {
            case .clean:
                // The first bytes of a commit, its length, may be zero themselves.
                #expect(found.events == kept && bytes[last...].allSatisfy { $0 == 0 })
            case .torn(let offset, _): #expect(found.events == kept && offset == last)
            case .damaged(let damage):
                #expect(damage.offset == last && damage.firstPosition == Position(kept.count) + 1)
                #expect(cut % CommitFormat.sectorSize != 0, "a cut at a sector is torn")
            case .newer: Issue.record("cut at \(cut) looks newer")
            }
        }
        #expect(kept.count < whole.count)
    }

    @Test(arguments: 0..<64)
    func `sectors that did not reach the disk make a torn tail`(seed: Int) throws {
        var source = EventSource(seed: UInt64(seed) + 77)
        var log = LogBytes()
        try log.commit((0..<source.below(20) + 1).map { _ in source.event() })
        let start = log.bytes.count
        try log.commit((0..<source.below(60) + 20).map { _ in source.event() })
        var bytes = log.bytes + [UInt8](repeating: 0, count: 2048)
        var dropped = 0
        for sector in start / 512...(log.bytes.count - 1) / 512 where source.flag() {
            let range = max(sector * 512, start)..<min(sector * 512 + 512, log.bytes.count)
            for offset in range { bytes[offset] = 0 }
            dropped += 1
        }
        let found = try read(bytes, log.header)
        let first = try read(Array(log.bytes.prefix(start)), log.header).events
        guard dropped > 0 else {
            #expect(found.events == log.events)
            return
        }
        #expect(found.events == first)
        switch found.end {
        case .torn(start, _): break
        case .clean(start): #expect(bytes[start...].allSatisfy { $0 == 0 })
        default: Issue.record("\(found.end)")
        }
    }

    @Test func `an empty sector with a commit behind it is damage`() throws {
        var source = EventSource(seed: 9)
        var log = LogBytes()
        try log.commit((0..<60).map { _ in source.event() })
        try log.commit([source.event(.syncSucceeded)])
        var bytes = log.bytes
        for offset in 512..<1024 { bytes[offset] = 0 }
        let end = try read(bytes, log.header).end
        #expect(
            end
                == .damaged(Damage(offset: 128, firstPosition: 1, lastPosition: 60, kind: .body)))
    }

    @Test func `a segment that is not the last has no torn tail`() throws {
        let log = try LogBytes.random(seed: 3, commits: 2, zeros: 0)
        let last = try #require(log.offsets.last)
        var bytes = log.bytes
        for offset in max(last + 136, bytes.count - 300)..<bytes.count { bytes[offset] = 0 }
        guard case .damaged = try read(bytes, log.header, isLast: false).end else {
            Issue.record("accepted")
            return
        }
    }

    @Test func `commits of another log or segment are refused`() throws {
        var source = EventSource(seed: 4)
        let event = source.event(.syncSucceeded)
        var here = LogBytes()
        try here.commit([event])
        var otherLog = LogBytes(log: LogID(high: 9, low: 9))
        var otherSegment = LogBytes(number: 2)
        try otherLog.commit([event])
        try otherSegment.commit([event])
        for other in [otherLog, otherSegment] {
            let bytes = here.header.bytes + other.bytes.dropFirst(SegmentHeader.size)
            #expect(
                try read(bytes, here.header).end
                    == .damaged(
                        Damage(offset: 128, firstPosition: 1, lastPosition: nil, kind: .header)))
        }
    }

    @Test func `a commit that is repeated, left out or of another history is refused`() throws {
        var source = EventSource(seed: 6)
        var log = LogBytes()
        for _ in 0..<3 { try log.commit([source.event(.syncSucceeded)]) }
        let size = log.offsets[1] - log.offsets[0]
        let first = log.bytes[128..<128 + size]
        let repeated = log.bytes[..<(128 + size)] + first
        let leftOut = log.bytes[..<(128 + size)] + log.bytes[log.offsets[2]...]
        var history = LogBytes()
        try history.commit([source.event(.syncSucceeded)])
        let swapped = history.bytes + log.bytes[log.offsets[1]...]
        let kinds = try [Array(repeated), Array(leftOut), Array(swapped)].map {
            try read($0, log.header).end
        }
        guard case .damaged(let one) = kinds[0], case .damaged(let two) = kinds[1],
            case .damaged(let three) = kinds[2]
        else {
            Issue.record("accepted")
            return
        }
        #expect([one.kind, two.kind, three.kind] == [.position, .position, .chain])
    }

    @Test func `an edit with right checksums shows in the digests`() throws {
        var source = EventSource(seed: 8)
        var log = LogBytes()
        try log.commit([source.event(.syncSucceeded)])
        var bytes = log.bytes
        bytes[128 + 136 + 8] ^= 1
        let body = CRC32C.checksum(
            of: bytes.span.extracting(264..<bytes.count), seed: log.header.seed)
        bytes.replace(body, at: 128 + 28)
        let header = CRC32C.checksum(of: bytes.span.extracting(128..<256), seed: log.header.seed)
        bytes.replace(header, at: 128 + 128)
        #expect(try read(bytes, log.header).events.count == 1)
        #expect(
            try read(bytes, log.header, scrutiny: .digests).end
                == .damaged(
                    Damage(offset: 128, firstPosition: 1, lastPosition: 1, kind: .digests)))
    }

    @Test func `flags that are not known are newer`() throws {
        var source = EventSource(seed: 8)
        var log = LogBytes()
        try log.commit([source.event(.syncSucceeded)])
        for flags in [2, 3, 1 << 31] as [UInt32] {
            var bytes = log.bytes
            bytes.replace(flags, at: 128 + 16)
            let header = CRC32C.checksum(
                of: bytes.span.extracting(128..<256), seed: log.header.seed)
            bytes.replace(header, at: 128 + 128)
            guard case .newer(128, _) = try read(bytes, log.header).end else {
                Issue.record("accepted flags \(flags)")
                return
            }
        }
    }

    @Test func `random bytes are read without a trap`() throws {
        var source = EventSource(seed: 10)
        for _ in 0..<200 {
            var log = try LogBytes.random(seed: source.number(), commits: 3, zeros: 64).bytes
            for _ in 0..<source.below(6) + 1 {
                let start = SegmentHeader.size + source.below(log.count - SegmentHeader.size)
                for offset in start..<min(start + source.below(100), log.count) {
                    log[offset] = UInt8(truncatingIfNeeded: source.number())
                }
            }
            _ = try read(log, LogBytes().header)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func replace(_ number: UInt32, at offset: Int) {
        for byte in 0..<4 { self[offset + byte] = UInt8(truncatingIfNeeded: number >> (8 * byte)) }
    }
}
