import ArgumentParser
import MusterCore
import MusterStore

/// Every flipped bit of a log and of what stands beside it.
struct BitRot: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rot",
        abstract: "Flips every bit of a log, of MANIFEST, MARK and a snapshot.",
        discussion:
            "Each must be refused, or change nothing. A commit that is cut off is a failure.")

    @Option(help: "The size of the log in KiB.") var kib = 64
    @Option(help: "The planted bug.") var bug: Bug?

    func run() throws {
        var count = RotCount()
        if bug != .uncheckedFiles {
            try SegmentRot(log: SampleLog(seed: 1, bytes: kib << 10, bug: bug)).count(in: &count)
        }
        if bug == nil || bug == .uncheckedFiles { try DirectoryRot(bug: bug).count(in: &count) }
        try count.verdict.tell(
            "rot: \(count.flipped) flipped bits, \(count.refused) refused, \(count.harmless) harmless"
        )
    }
}

/// What so many flipped bits came to.
struct RotCount {
    var refused = 0
    var harmless = 0
    var verdict = Verdict()

    var flipped: Int { refused + harmless + verdict.wrong }
}

/// The bits of one segment.
///
/// What stands in front of a commit does not depend on it, so only the rest of the scan is made
/// again.
struct SegmentRot {
    let log: SampleLog

    func count(in count: inout RotCount) throws {
        var bytes = log.bytes
        for bit in 0..<SegmentHeader.size * 8 {
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            if isHeader(bytes) {
                count.verdict.fail("bit \(bit) of the header")
            } else {
                count.refused += 1
            }
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
        for (index, commit) in log.commits.enumerated() {
            for bit in commit.offset * 8..<(commit.offset + commit.header.length) * 8 {
                bytes[bit / 8] ^= 1 << UInt8(bit % 8)
                judge(bytes, index, bit, &count)
                bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            }
        }
        // Behind the end stands nothing but room; some of it stands for all.
        for bit in log.end * 8..<min(log.end + 2048, bytes.count) * 8 {
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            judgeZeros(bytes, bit, &count)
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
    }

    private func isHeader(_ bytes: [UInt8]) -> Bool {
        do {
            return try SegmentHeader(decoding: bytes.span) == log.header
        } catch {
            return false
        }
    }

    private func judge(_ bytes: [UInt8], _ index: Int, _ bit: Int, _ count: inout RotCount) {
        var scan = log.scans[index]
        switch scan.step(in: bytes.span) {
        case .end(.damaged), .end(.newer): count.refused += 1
        case .end(.torn), .end(.clean): count.verdict.fail("bit \(bit), cut off")
        case .commit: count.verdict.fail("bit \(bit), accepted")
        }
    }

    /// A bit behind the end looks like the first of an unfinished commit, or is refused.
    private func judgeZeros(_ bytes: [UInt8], _ bit: Int, _ count: inout RotCount) {
        var scan = log.scans[log.commits.count]
        switch scan.step(in: bytes.span) {
        case .end(.damaged), .end(.newer): count.refused += 1
        case .end(.torn(let offset, _)) where offset == log.end: count.harmless += 1
        default: count.verdict.fail("bit \(bit) behind the end")
        }
    }
}

/// The bits of what stands beside the segments in a whole state directory.
struct DirectoryRot {
    private let disk: SimulatedDisk
    private let hash: Digest
    private let bug: Bug?

    init(bug: Bug?) throws {
        self.bug = bug
        disk = SimulatedDisk(seed: 3)
        var ledger = try Ledger(disk, seed: 3)
        var history = History()
        for _ in 0..<6 { try ledger.turn(&history) }
        try ledger.snapshot()
        try ledger.close()
        hash = StateHash.of(ledger.state)
    }

    func count(in count: inout RotCount) throws {
        for (name, bytes) in disk.files.sorted(by: { $0.key < $1.key })
        where !bytes.isEmpty && !name.hasPrefix("log/") {
            for bit in 0..<bytes.count * 8 {
                var changed = bytes
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                if bug == .uncheckedFiles { changed.renewDigest() }
                judge(changed, name, bit, &count)
            }
        }
    }

    private func judge(_ bytes: [UInt8], _ name: String, _ bit: Int, _ count: inout RotCount) {
        let flipped = disk.released()
        flipped.put(bytes, at: name)
        let before = flipped.files
        do throws(LogError) {
            var found = Ledger.Found()
            _ = try Ledger(flipped, seed: 1, found: &found)
            if StateHash.of(found.state) == hash {
                count.harmless += 1
            } else {
                count.verdict.fail("bit \(bit) of \(name)")
            }
        } catch {
            count.refused += 1
        }
        if flipped.files != before {
            count.verdict.fail("bit \(bit) of \(name) changed the directory")
        }
    }
}

extension [UInt8] {
    /// Makes the SHA-256 in the last 32 bytes right again, as a reader would find that does not look
    /// at that of a snapshot's state.
    fileprivate mutating func renewDigest() {
        guard count > 32 else { return }
        self = dropLast(32) + Digest.sha256(dropLast(32)).bytes
    }
}
