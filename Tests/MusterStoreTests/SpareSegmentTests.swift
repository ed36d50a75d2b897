import Glibc
import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

@Suite struct `The segment that is to follow` {
    private let size = 2 << 20

    @Test func `is written with zeros and synced, and kept through a crash`() throws {
        let disk = SimulatedDisk(seed: 1)
        let spare = SpareSegment(size: size, on: disk)
        #expect(!spare.isReady)
        try spare.finish()
        #expect(spare.isReady)
        #expect(try !spare.step())
        try disk.synchronizeDirectory("")
        #expect(disk.crashed().files[SegmentFile.spare] == [UInt8](repeating: 0, count: size))
    }

    @Test(arguments: 0..<8)
    func `is not tried again when a call failed, whoever asks`(calls: Int) throws {
        let disk = SimulatedDisk(seed: 1)
        let spare = SpareSegment(size: size, on: disk)
        disk.fail(after: calls, with: EIO)
        let first = logError { () throws(LogError) in try spare.finish() }
        guard case .failed = first else {
            Issue.record("\(String(describing: first))")
            return
        }
        let writes = disk.writes
        #expect(logError { () throws(LogError) in try spare.finish() } == first)
        #expect(disk.writes == writes)
        #expect(!spare.isReady)
    }

    @Test func `begins anew when there is room again`() throws {
        let disk = SimulatedDisk(seed: 1, capacity: size / 2)
        let spare = SpareSegment(size: size, on: disk)
        #expect(logError { () throws(LogError) in try spare.finish() } == .full)
        #expect(disk.files.isEmpty)
        disk.setCapacity(2 * size)
        try spare.finish()
        #expect(spare.isReady)
    }

    @Test(arguments: [0, 1, 3], [true, false])
    func `is touched by nobody any more when it was taken or given up`(steps: Int, taken: Bool)
        throws
    {
        let disk = SimulatedDisk(seed: 1)
        let spare = SpareSegment(size: size, on: disk)
        for _ in 0..<steps { _ = try spare.step() }
        if taken { _ = spare.take() } else { spare.abandon() }
        let writes = disk.writes
        #expect(try !spare.step())
        try spare.finish()
        #expect(disk.writes == writes)
    }

    @Test func `is made once by two threads`() async throws {
        let disk = SimulatedDisk(seed: 1)
        let spare = SpareSegment(size: size, on: disk)
        async let other: Void = spare.finish()
        try spare.finish()
        try await other
        #expect(disk.files[SegmentFile.spare]?.count == size)
        // Making and allocating the file, and a write and a sync a piece.
        #expect(disk.writes == 2 + 2 * 4)
    }
}
