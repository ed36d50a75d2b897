import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

@Suite struct `The event log` {
    @Test func `a start that appends nothing writes nothing but LOCK`() throws {
        let disk = SimulatedDisk(seed: 1)
        for _ in 0..<2 {
            let opened = try OpenedLog(disk)
            #expect(opened.log.head.position == 0)
            #expect(opened.log.head.log == newLog)
            try opened.log.close()
        }
        #expect(disk.files == ["LOCK": []])
        var random = Random(seed: 2)
        let events = random.events(most: 5)
        let first = try OpenedLog(disk).log
        _ = try first.append(events) { random.salt() }
        try first.close()
        let before = disk.files
        let again = try OpenedLog(disk)
        #expect(again.events == events)
        try again.log.close()
        #expect(disk.files == before)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `what was appended is replayed, over many segments and processes`(seed: UInt64) throws {
        let disk = SimulatedDisk(seed: seed)
        var random = Random(seed: seed)
        var events: [Event] = []
        for process in 0..<4 {
            let opened = try OpenedLog(disk)
            #expect(opened.events == events)
            #expect(opened.repaired == nil)
            for _ in 0..<random.below(20) {
                let new = random.events(most: 20)
                events += new
                #expect(
                    try opened.log.append(new) { random.salt() } == Position(events.count))
            }
            let head = opened.log.head
            if process != 2 { try opened.log.close() }
            #expect(head.position == Position(events.count))
        }
        let last = try OpenedLog(disk)
        #expect(last.events == events)
    }

    @Test func `a clean stop leaves every segment cut to its last commit`() throws {
        let disk = SimulatedDisk(seed: 1)
        var random = Random(seed: 3)
        let log = try OpenedLog(disk).log
        for _ in 0..<40 {
            let people = (0..<2000).map { _ in Digest.sha256("\(random.next())".utf8) }
            let event = Event(
                at: Timestamp(milliseconds: 1), actor: .daemon,
                fact: .membersAdded(
                    MembersChanged(instance: 1, identities: .digests(people), unchanged: 0)))
            try log.ensureRoom(for: 70_000)
            _ = try log.append([event]) { random.salt() }
            while let spare = log.spareToPrepare() {
                try spare.finish()
                try log.holdSpare()
            }
        }
        let head = log.head
        try log.close()
        let files = disk.files
        #expect(head.segments == 2)
        #expect(
            Set(files.keys)
                == [
                    "LOCK", "MANIFEST", "MARK", "log/00000000000000000001.seg",
                    "log/00000000000000000002.seg",
                ])
        let sizes = files.filter { $0.key.hasSuffix(".seg") }.values.map(\.count)
        #expect(sizes.reduce(0, +) == head.bytes)
        #expect(try OpenedLog(disk).log.head == head)
    }

    @Test func `many events become several commits in order`() throws {
        let disk = SimulatedDisk(seed: 1)
        var random = Random(seed: 4)
        let people = (0..<50_000).map { _ in Digest.sha256("\(random.next())".utf8) }
        let event = Event(
            at: Timestamp(milliseconds: 1), actor: .daemon,
            fact: .membersAdded(
                MembersChanged(instance: 1, identities: .digests(people), unchanged: 0)))
        let log = try OpenedLog(disk).log
        #expect(try log.append(Array(repeating: event, count: 12)) { random.salt() } == 12)
        try log.close()
        let found = try OpenedLog(disk)
        #expect(found.events == Array(repeating: event, count: 12))
    }

    @Test func `a second process is turned away`() throws {
        let disk = SimulatedDisk(seed: 1)
        let first = try OpenedLog(disk)
        #expect(logError { () throws(LogError) in _ = try OpenedLog(disk) } == .locked)
        try first.log.close()
        _ = try OpenedLog(disk)
    }

    @Test func `a full disk is told before anything is written, and room made helps`() throws {
        let disk = SimulatedDisk(seed: 1, capacity: 300 << 10)
        var random = Random(seed: 5)
        let log = try OpenedLog(disk, sizes: smallSizes).log
        #expect(logError { () throws(LogError) in try log.ensureRoom(for: 1 << 20) } == .full)
        #expect(Set(disk.files.keys) == ["LOCK"])
        let events = random.events(most: 3)
        _ = try log.append(events) { random.salt() }
        var full: LogError?
        var appended = events
        while full == nil {
            let more = random.events(most: 30)
            full = logError { () throws(LogError) in try log.ensureRoom(for: 30_000) }
            if full == nil {
                _ = try log.append(more) { random.salt() }
                appended += more
            }
        }
        #expect(full == .full)
        let end = [
            Event(at: Timestamp(milliseconds: 1), actor: .daemon, fact: .syncSucceeded(run: 1))
        ]
        _ = try log.append(end) { random.salt() }
        try log.close()
        #expect(try OpenedLog(disk).events == appended + end)
    }

    @Test func `a file system that others fill stops no commit that there was room for`() throws {
        let disk = SimulatedDisk(seed: 1)
        var random = Random(seed: 5)
        let log = try OpenedLog(disk, sizes: smallSizes).log
        try log.ensureRoom(for: 30_000)
        disk.setCapacity(0)
        var appended: [Event] = []
        while logError({ () throws(LogError) in try log.ensureRoom(for: 30_000) }) == nil {
            let more = random.events(most: 30)
            _ = try log.append(more) { random.salt() }
            appended += more
        }
        try log.mark()
        #expect(!appended.isEmpty)
        #expect(try OpenedLog(disk.released()).events == appended)
    }

    @Test func `a step of a run may use the reserve, and is refused where there is none`() throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try OpenedLog(disk, sizes: smallSizes).log
        try log.ensureRoom(for: 1000)
        var random = Random(seed: 1)
        _ = try log.append([random.event()]) { random.salt() }
        disk.setCapacity(0)
        let room = (64 << 10) - (16 << 10) / 2
        #expect(logError { () throws(LogError) in try log.ensureRoom(for: room) } == .full)
        try log.ensureRoom(for: room, usingReserve: true)
        let all = 64 << 10
        #expect(
            logError { () throws(LogError) in
                try log.ensureRoom(for: all, usingReserve: true)
            } == .full)
    }

    @Test func `an event that could not be read back is refused and the log goes on`() throws {
        let disk = SimulatedDisk(seed: 1)
        var random = Random(seed: 6)
        let log = try OpenedLog(disk).log
        let bad = Event(
            at: Timestamp(milliseconds: 1), actor: .daemon,
            fact: .dropOpened(run: 1, reference: "a\0b"))
        let refusal = logError { () throws(LogError) in
            _ = try log.append([bad]) { random.salt() }
        }
        #expect(refusal == .refused(.textHoldsZeroByte))
        let good = random.events(most: 2)
        _ = try log.append(good) { random.salt() }
        try log.close()
        #expect(try OpenedLog(disk).events == good)
    }

    @Test func `a failed write is told as it is`() throws {
        let disk = SimulatedDisk(seed: 1)
        var random = Random(seed: 7)
        let log = try OpenedLog(disk).log
        _ = try log.append([random.event()]) { random.salt() }
        disk.fail(with: 5)
        let error = logError { () throws(LogError) in
            _ = try log.append([random.event()]) { random.salt() }
        }
        #expect(error == .failed(FileError("write", "", code: 5)))
    }
}
