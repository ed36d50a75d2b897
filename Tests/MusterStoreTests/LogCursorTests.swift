import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

@Suite struct `A cursor in the log` {
    private func log() throws -> (disk: SimulatedDisk, log: EventLog, events: [Event]) {
        let made = try LongLog(seed: 3, commits: 4, most: 5)
        return (made.disk, made.log, made.events)
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `gives every event once and in order, in pieces of any size`(size: Int) throws {
        let (disk, _, events) = try log()
        var cursor = LogCursor(disk, from: 1)
        var found: [Event] = []
        while cursor.next <= Position(events.count) {
            var count = 0
            try cursor.read(through: Position(events.count)) { event, position in
                found.append(event)
                count += 1
                #expect(position == Position(found.count))
                return count < size
            }
            #expect(count > 0 && count <= size)
        }
        #expect(found == events)
    }

    @Test func `begins with any event, and ends with the one it was told`() throws {
        let (disk, _, events) = try log()
        let count = Position(events.count)
        for first in 1...count {
            for last in [first, count] {
                var cursor = LogCursor(disk, from: first)
                var found: [Event] = []
                try cursor.read(through: last) { event, _ in
                    found.append(event)
                    return true
                }
                #expect(found == Array(events[Int(first) - 1..<Int(last)]))
                #expect(cursor.next == last + 1)
            }
        }
    }

    @Test func `goes on over what was appended and rotated meanwhile`() throws {
        var (disk, log, events) = try log()
        var cursor = LogCursor(disk, from: 1)
        var found: [Event] = []
        var random = Random(seed: 11)
        for round in 0..<4 {
            try cursor.read(through: Position(events.count)) { event, _ in
                found.append(event)
                return true
            }
            let new = random.events(most: 3)
            events += new
            if round.isMultiple(of: 2) {
                try log.close()
                log = try OpenedLog(disk).log
            }
            _ = try log.append(new) { random.salt() }
        }
        try cursor.read(through: Position(events.count)) { event, _ in
            found.append(event)
            return true
        }
        #expect(found == events)
    }

    @Test func `reads a commit that is larger than what it reads at once`() throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try OpenedLog(disk).log
        var random = Random(seed: 2)
        let digests = (0..<20_000).map { Digest.sha256("\($0)".utf8) }
        let large = Event(
            at: Timestamp(milliseconds: 5), actor: .daemon,
            fact: .membersAdded(
                MembersChanged(instance: 1, identities: .digests(digests), unchanged: 0)))
        let events = random.events(most: 2) + [large] + random.events(most: 2)
        for event in events { _ = try log.append([event]) { random.salt() } }
        var cursor = LogCursor(disk, from: 1)
        var found: [Event] = []
        try cursor.read(through: Position(events.count)) { event, _ in
            found.append(event)
            return true
        }
        #expect(found == events)
    }

    @Test(arguments: [1, 2, 3]) func `ends at damage and names the segment`(number: UInt64) throws {
        let (disk, _, events) = try log()
        let path = SegmentFile.path(number)
        var bytes = try #require(disk.files[path])
        bytes[SegmentHeader.size + 200] ^= 1
        disk.put(bytes, at: path)
        var cursor = LogCursor(disk, from: 1)
        let error = logError { () throws(LogError) in
            try cursor.read(through: Position(events.count)) { _, _ in true }
        }
        guard case .damaged(number, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `finds that durable events are missing`() throws {
        let (disk, _, events) = try log()
        var cursor = LogCursor(disk, from: 1)
        let error = logError { () throws(LogError) in
            try cursor.read(through: Position(events.count) + 1) { _, _ in true }
        }
        guard case .damaged(3, let damage) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(damage.kind == .missing)
        #expect(damage.firstPosition == Position(events.count) + 1)
    }
}
