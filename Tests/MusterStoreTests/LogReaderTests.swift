import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

@Suite struct `Reading a log` {
    private func disk() throws -> (disk: SimulatedDisk, log: EventLog, events: [Event]) {
        let made = try LongLog(seed: 1, commits: 3, most: 4)
        return (made.disk, made.log, made.events)
    }

    private func positions(
        _ disk: SimulatedDisk, from first: Position, through last: Position?
    ) throws -> [Position] {
        var positions: [Position] = []
        try LogReader(disk).forEach(from: first, through: last) { positions.append($0.position) }
        return positions
    }

    @Test func `events are found between any two positions while the log is open`() throws {
        let (disk, log, events) = try disk()
        let count = Position(events.count)
        #expect(log.head.position == count)
        for first in 1...count {
            #expect(try positions(disk, from: first, through: nil) == Array(first...count))
            #expect(try positions(disk, from: first, through: first) == [first])
        }
        var found: [Event] = []
        var chain: Digest?
        try LogReader(disk).forEach {
            found.append($0.event)
            chain = $0.chain
        }
        #expect(found == events && chain == log.head.chain)
    }

    @Test func `an empty directory is an empty log`() throws {
        let disk = SimulatedDisk(seed: 1)
        #expect(try LogReader(disk).log == nil)
        #expect(try positions(disk, from: 1, through: nil) == [])
    }

    @Test func `damage ends the reading, or leaves a gap that is told`() throws {
        let (disk, _, events) = try disk()
        let path = SegmentFile.path(2)
        var bytes = try #require(disk.files[path])
        bytes[200] ^= 1
        disk.put(bytes, at: path)
        guard
            case .damaged(2, let damage) = logError({ () throws(LogError) in
                try LogReader(disk).forEach { _ in }
            })
        else {
            Issue.record("read over the damage")
            return
        }
        var gaps: [LogError] = []
        var found: [Position] = []
        try LogReader(disk).forEach(gap: { gaps.append($0) }) { found.append($0.position) }
        #expect(gaps.count == 1)
        let lost = damage.firstPosition...(try #require(damage.lastPosition))
        #expect(found == (1...Position(events.count)).filter { !lost.contains($0) })
    }

    @Test func `every commit that is whole is found, whatever else is damaged`() throws {
        let (disk, _, events) = try disk()
        let path = SegmentFile.path(1)
        let bytes = try #require(disk.files[path])
        var commits: [Int: [Position]] = [:]
        try LogReader(disk).forEach(through: nil) { entry in
            if entry.segment == 1 { commits[entry.offset, default: []].append(entry.position) }
        }
        let offsets = commits.keys.sorted()
        for place in [4, 130, 140] {
            var changed = bytes
            changed[offsets[0] + place] ^= 1
            changed[offsets[2] + place] ^= 1
            disk.put(changed, at: path)
            let lost = (commits[offsets[0]] ?? []) + (commits[offsets[2]] ?? [])
            var gaps = 0
            var found: [Position] = []
            try LogReader(disk).forEach(gap: { _ in gaps += 1 }) { found.append($0.position) }
            #expect(gaps == 2)
            #expect(found == (1...Position(events.count)).filter { !lost.contains($0) })
        }
    }

    @Test func `verification accounts for every byte`() throws {
        let (disk, log, events) = try disk()
        let whole = LogVerification(disk)
        #expect(whole.isWhole)
        #expect(whole.position == Position(events.count) && whole.chain == log.head.chain)
        #expect(whole.segments == 3 && whole.commits == 9 && whole.bytes == log.head.bytes)
        let names = disk.files.keys.filter { $0 != "LOCK" }
        for name in names {
            let bytes = try #require(disk.files[name])
            for offset in stride(from: 0, to: min(bytes.count, 6000), by: 7) {
                let other = disk.released()
                var changed = bytes
                changed[offset] ^= 1 << UInt8(offset % 8)
                other.put(changed, at: name)
                #expect(!LogVerification(other).isWhole, "\(name) at byte \(offset)")
            }
        }
    }

    @Test func `verification names files and events that do not belong`() throws {
        let (disk, _, _) = try disk()
        disk.put([1], at: "log/notes.txt")
        let segment = try #require(disk.files[SegmentFile.path(1)])
        disk.put(segment, at: SegmentFile.path(7))
        #expect(
            Set(LogVerification(disk).problems)
                == [.unknownFile("notes.txt"), .error(.directory(.segmentUnknown(7)))])
    }
}

@Suite struct `Reading what happened to one person` {
    @Test(arguments: 0..<6 as Range<UInt64>)
    func `it is exactly the events that name them, in their instance and up to the position`(
        seed: UInt64
    ) throws {
        var past = try Past(seed: seed)
        try past.go(12)
        let person = Email(stored: Array("person7@example.com".utf8)).digest
        for instance in [1, 2] as [InstanceNumber] {
            var expected: [LogReader.Entry] = []
            var isIn = false
            try LogReader(past.disk).forEach { entry in
                switch entry.event.fact {
                case .membersAdded(let change), .membersRemoved(let change):
                    guard change.instance == instance, change.identities.digests.contains(person)
                    else { return }
                    expected.append(entry)
                    isIn.toggle()
                case .instanceRetired(let retired):
                    guard retired.instance == instance, isIn else { return }
                    expected.append(entry)
                    isIn = false
                default: break
                }
            }
            for last in [0, past.state.position / 2, past.state.position] {
                var found: [LogReader.Entry] = []
                try LogReader(past.disk).forEachChange(of: person, in: instance, through: last) {
                    found.append($0)
                }
                #expect(found == expected.filter { $0.position <= last })
            }
            #expect(past.state[instance].members.contains(person) == isIn)
        }
    }
}
