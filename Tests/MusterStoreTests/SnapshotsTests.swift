import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

@Suite struct `Snapshots of a log` {
    private struct Start {
        var state = State()
        var replayed = 0
        var from: Position?
        var passedOver: [SnapshotFault] = []
    }

    private func start(_ disk: SimulatedDisk, snapshots: Bool = true) throws -> Start {
        var start = Start()
        var state = State()
        var replayed = 0
        let opened = try EventLog.open(
            disk, newLog: newLog, restore: snapshots ? { state = $0 } : nil,
            replay: { event, position in
                state.apply(event)
                replayed += 1
                if state.position != position { Issue.record("a gap at \(position)") }
            })
        start.state = state
        start.replayed = replayed
        start.from = opened.snapshot?.position
        start.passedOver = opened.passedOver
        return start
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `a start from one gives the state that the whole log gives`(seed: UInt64) throws {
        var past = try Past(seed: seed)
        try past.go(Int(seed) % 9)
        try past.snapshot()
        let position = past.state.position
        try past.go(Int(seed) % 7)
        let disk = past.disk.released()
        let found = try start(disk)
        #expect(found.from == position && found.passedOver.isEmpty)
        #expect(Position(found.replayed) == past.state.position - position)
        #expect(StateHash.of(found.state) == StateHash.of(past.state))
        let whole = try start(disk.released(), snapshots: false)
        #expect(StateHash.of(whole.state) == StateHash.of(found.state))
        let without = disk.released()
        for name in disk.files.keys where name.hasPrefix("snapshots/") { try without.remove(name) }
        let slow = try start(without)
        #expect(slow.from == nil && Position(slow.replayed) == past.state.position)
        #expect(StateHash.of(slow.state) == StateHash.of(found.state))
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `one written from the log is byte for byte what the state says`(seed: UInt64) throws {
        var past = try Past(seed: seed)
        var kept: [[String: [UInt8]]] = []
        for _ in 0..<5 {
            try past.go(Int(seed) % 7)
            if kept.last?.keys.contains(Snapshots.statePath(past.state.position)) == true {
                kept.removeLast()
            }
            kept.append(try past.snapshotFiles())
            #expect(try past.snapshot().isEmpty)
            let expected = kept.suffix(2).reduce(into: [:]) { $0.merge($1) { $1 } }
            #expect(past.writtenFiles == expected)
        }
    }

    @Test func `one whose people are damaged is not the base of another, and is told`() throws {
        var past = try Past(seed: 9)
        try past.go(4)
        try past.snapshot()
        let position = past.state.position
        try past.go(4)
        for (name, bytes) in past.writtenFiles where name.hasSuffix("-2.people") {
            var changed = bytes
            changed[bytes.count - 1] ^= 1
            past.disk.put(changed, at: name)
        }
        let expected = try past.snapshotFiles()
        let passedOver = try past.snapshot()
        #expect(passedOver.map(\.position) == [position])
        #expect(
            passedOver.map(\.what) == ["a file of people does not match its digest"])
        #expect(past.writtenFiles.filter { expected.keys.contains($0.key) } == expected)
    }

    @Test func `none is written where the log tells other people than the state`() throws {
        var past = try Past(seed: 10)
        try past.go(4)
        let outline = Outline(of: past.state)
        try past.go(4)
        let header = past.header
        let error = logError { () throws(LogError) in
            _ = try Snapshots(past.disk).write(outline, header)
        }
        #expect(error == .listDiffers(header.position))
        #expect(try Snapshots(past.disk).positions().isEmpty)
    }

    @Test func `an outline holds nobody`() throws {
        var past = try Past(seed: 11)
        try past.go(9)
        let outline = Outline(of: past.state)
        #expect(outline.counts == past.state.instances.map(\.members.count))
        #expect(outline.counts.reduce(0, +) > 0)
        #expect(outline.state.instances.allSatisfy { $0.members.count == 0 })
        #expect(outline.state.position == past.state.position)
    }

    @Test func `a flipped bit in one costs time only, and is told`() throws {
        var past = try Past(seed: 5)
        try past.go(3)
        try past.snapshot()
        try past.log.close()
        let hash = StateHash.of(past.state)
        #expect(LogVerification(past.disk).isWhole)
        let names = past.disk.files.keys.filter { $0.hasPrefix("snapshots/") }
        #expect(names.count == past.state.instances.count + 1)
        for name in names {
            let bytes = try #require(past.disk.files[name])
            for bit in stride(from: 0, to: bytes.count * 8, by: 5) {
                let disk = past.disk.released()
                var changed = bytes
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                disk.put(changed, at: name)
                let found = try start(disk)
                #expect(StateHash.of(found.state) == hash, "\(name), bit \(bit)")
                #expect(found.from == nil && found.passedOver.count == 1)
                #expect(LogVerification(disk).problems == found.passedOver.map { .snapshot($0) })
            }
        }
    }

    @Test func `a crash at any step of writing one leaves a start as it was`() throws {
        var past = try Past(seed: 6)
        try past.go(5)
        try past.snapshot()
        let first = past.state.position
        try past.go(5)
        try past.snapshot()
        try past.go(5)
        try past.log.close()
        let hash = StateHash.of(past.state)
        let header = past.header
        let outline = Outline(of: past.state)
        var steps = 0
        var isWhole = false
        while !isWhole {
            let disk = past.disk.released()
            disk.cutPower(after: steps)
            isWhole =
                logError { () throws(LogError) in
                    _ = try Snapshots(disk).write(outline, header)
                } == nil
            for survivor in [disk.crashed(), disk.crashed(), disk.released()] {
                let found = try start(survivor)
                #expect(StateHash.of(found.state) == hash && found.passedOver.isEmpty)
                #expect(try #require(found.from) > first, "step \(steps)")
                _ = try Snapshots(survivor).write(outline, header)
                #expect(try start(survivor.released()).from == header.position)
            }
            steps += 1
        }
        #expect(steps > 15)
    }

    @Test func `two are kept, and nothing else`() throws {
        var past = try Past(seed: 7)
        var positions: [Position] = []
        var counts: [Int] = []
        for _ in 0..<4 {
            try past.go(2)
            try past.snapshot()
            counts.insert(1 + past.state.instances.count, at: 0)
            positions.insert(past.state.position, at: 0)
        }
        #expect(try Snapshots(past.disk).positions() == Array(positions.prefix(2)))
        #expect(past.writtenFiles.count == counts[0] + counts[1])
        try past.snapshot()
        #expect(try Snapshots(past.disk).positions() == Array(positions.prefix(2)))
    }

    @Test func `one beyond the log's end is refused, one of another history is passed over`() throws
    {
        var past = try Past(seed: 8)
        try past.go(2)
        let shorter = past.disk.released()
        try past.go(2)
        try past.snapshot()
        let position = past.state.position
        for (name, bytes) in past.disk.files where name.hasPrefix("snapshots/") {
            shorter.put(bytes, at: name)
        }
        try shorter.makeDirectory(Snapshots.directory)
        let refusal = logError { () throws(LogError) in
            _ = try EventLog.open(shorter, newLog: newLog, restore: { _ in }, replay: { _, _ in })
        }
        guard case .directory(.endLost(_, position, "a snapshot")) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        let log = try OpenedLog(shorter).log
        for _ in 0..<20 {
            let event = Event(
                at: Timestamp(milliseconds: 1), actor: .daemon, fact: .syncSucceeded(run: 1))
            _ = try log.append([event]) { Salt(first: 1, second: 1) }
        }
        try log.close()
        let found = try start(shorter)
        #expect(found.from == nil)
        #expect(found.passedOver.map(\.what) == ["it knows another history of the log"])
    }
}
