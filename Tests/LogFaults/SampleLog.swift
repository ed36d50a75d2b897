import MusterCore
import MusterStore

/// A segment that a writer left, and the scan in front of each of its commits.
struct SampleLog {
    let header: SegmentHeader
    let bytes: [UInt8]
    private(set) var commits: [Commit] = []
    /// The scans in front of each commit, and behind the last.
    private(set) var scans: [SegmentScan] = []
    private let rules: ScanRules

    /// A log of about so many bytes of commits, and zeros behind them.
    init(seed: UInt64, bytes wanted: Int, bug: Bug?) throws {
        let disk = SimulatedDisk(seed: seed)
        let room = SegmentSizes([wanted + (24 << 10)], reserve: 0)
        var ledger = try Ledger(disk, seed: seed, sizes: room)
        var history = History()
        while ledger.bytes < wanted { try ledger.turn(&history) }
        rules = bug?.rules ?? .all
        let path = "log/00000000000000000001.seg"
        guard let found = disk.files[path] else { throw LogFaultsError.noSample }
        bytes = found
        header = try SegmentHeader(decoding: found.span)
        var scan = SegmentScan(header, isLast: true, rules: rules)
        scans = [scan]
        while case .commit(let commit) = scan.step(in: bytes.span) {
            commits.append(commit)
            scans.append(scan)
        }
        guard commits.count > 3 else { throw LogFaultsError.noSample }
    }

    /// Where the last commit ends.
    var end: Int { scans[commits.count].offset }

    /// What stands where, and how the segment ends, from commit `index` on in changed bytes.
    func read(_ changed: [UInt8], from index: Int) -> (commits: [Commit], end: SegmentEnd) {
        var scan = scans[index]
        var found: [Commit] = []
        while true {
            switch scan.step(in: changed.span) {
            case .commit(let commit): found.append(commit)
            case .end(let end): return (found, end)
            }
        }
    }
}

/// A harness that cannot do its work.
enum LogFaultsError: Error {
    case noSample
}
