import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

@Suite struct `A crash` {
    /// Appends until the power goes; returns what was acknowledged, and what was sent with the last
    /// append.
    private func run(
        _ disk: SimulatedDisk, on found: [Event], _ random: inout Random
    ) -> (acknowledged: [Event], sent: [Event]) {
        var acknowledged = found
        var sent = found
        do {
            let opened = try OpenedLog(disk, sizes: smallSizes)
            if let repaired = opened.repaired {
                let event = Event(
                    at: Timestamp(milliseconds: 1), actor: .daemon, fact: .tailRepaired(repaired))
                sent = acknowledged + [event]
                _ = try opened.log.append([event]) { random.salt() }
                acknowledged = sent
            }
            for _ in 0..<random.below(12) + 2 {
                let new = random.events(most: 12)
                sent = acknowledged + new
                try opened.log.ensureRoom(for: 40_000)
                _ = try opened.log.append(new) { random.salt() }
                acknowledged = sent
                try opened.log.prepareAhead()
                if random.flag() { try opened.log.mark() }
            }
            try opened.log.close()
        } catch {
            guard case LogError.failed = error else {
                Issue.record("\(error)")
                return (acknowledged, sent)
            }
        }
        return (acknowledged, sent)
    }

    @Test(arguments: 0..<150)
    func `loses nothing that was acknowledged and finds nothing that was not sent`(
        seed: Int
    ) throws {
        var random = Random(seed: UInt64(seed))
        var disk = SimulatedDisk(seed: random.next())
        var found: [Event] = []
        for _ in 0..<6 {
            disk.cutPower(after: random.below(60))
            let result = run(disk, on: found, &random)
            disk = random.below(4) == 0 ? disk.released() : disk.crashed()
            let after = try OpenedLog(disk)
            found = after.events
            #expect(found.starts(with: result.acknowledged))
            #expect(result.sent.starts(with: found))
            disk = disk.released()
        }
    }

    @Test func `keeps a copy of the torn tail it cuts`() throws {
        let disk = SimulatedDisk(seed: 1)
        var random = Random(seed: 2)
        let log = try OpenedLog(disk).log
        let events = random.events(most: 2)
        _ = try log.append(events) { random.salt() }
        let offset = log.head.bytes
        let path = SegmentFile.path(1)
        var bytes = try #require(disk.files[path])
        let torn = [UInt8](repeating: 0xab, count: 1024 - offset % 512 - 20)
        bytes.replaceSubrange(offset + 512..<offset + 512 + torn.count, with: torn)
        for index in offset + 512..<(offset / 512 + 2) * 512 { bytes[index] = 0 }
        let crashed = disk.released()
        crashed.put(bytes, at: path)
        let found = try OpenedLog(crashed)
        let repaired = try #require(found.repaired)
        #expect(found.events == events)
        #expect(repaired.segment == 1 && repaired.offset == UInt64(offset))
        let kept = try #require(crashed.files["quarantine/segment-1-at-\(offset)"])
        #expect(UInt64(kept.count) == repaired.bytes && Digest.sha256(kept) == repaired.digest)
        #expect(crashed.files[path]?.count == offset)
    }
}
