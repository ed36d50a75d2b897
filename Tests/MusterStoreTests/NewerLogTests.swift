import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

@Suite struct `What a newer version wrote` {
    /// A file whose format is counted up, with the range of its bytes that a checksum follows.
    struct Newer: Sendable, CustomTestStringConvertible {
        let path: String
        let checked: Range<Int>?

        var testDescription: String { path }

        /// Its bytes, as a later version might have written them.
        func changed(_ bytes: [UInt8]) -> [UInt8] {
            let checked = self.checked ?? 0..<bytes.count - 4
            var changed = bytes
            changed[checked.lowerBound + 8] += 1
            var checksum: [UInt8] = []
            checksum.append(number: CRC32C.checksum(of: Array(changed[checked]).span))
            changed.replaceSubrange(checked.upperBound..<checked.upperBound + 4, with: checksum)
            return changed
        }
    }

    @Test(arguments: [
        Newer(path: "MANIFEST", checked: nil),
        Newer(path: SegmentFile.path(1), checked: 0..<124),
        Newer(path: "MARK", checked: 512..<1020),
    ])
    func `is refused with the advice to install that version, and stays as it is`(newer: Newer)
        throws
    {
        let disk = SimulatedDisk(seed: 1)
        var random = Random(seed: 9)
        let log = try OpenedLog(disk).log
        _ = try log.append([random.event()]) { random.salt() }
        try log.close()
        disk.put(newer.changed(try #require(disk.files[newer.path])), at: newer.path)
        let before = disk.files
        let refusal = logError { () throws(LogError) in _ = try OpenedLog(disk) }
        let message = try #require(refusal?.message)
        #expect(message.hasPrefix(newer.path))
        #expect(message.contains("a newer version wrote it"))
        #expect(message.contains("Nothing was changed. Install that version again, or a later one"))
        #expect(disk.files == before)
    }
}
