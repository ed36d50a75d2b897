import MusterCore

/// The names of segment files.
enum SegmentFile {
    static let directory = "log"
    static let spare = "spare.seg"

    /// The path of a segment: its number in 20 digits.
    static func path(_ number: UInt64) -> String {
        let digits = String(number)
        let zeros = String(repeating: "0", count: 20 - digits.utf8.count)
        return "\(directory)/\(zeros)\(digits).seg"
    }

    /// The number of the segment with a file name, or nil where it names none.
    static func number(_ name: String) -> UInt64? {
        guard name.utf8.count == 24, name.hasSuffix(".seg") else { return nil }
        return UInt64(name.dropLast(4))
    }
}

/// A segment in memory.
struct SegmentContent {
    let entry: Manifest.Entry
    let header: SegmentHeader
    let bytes: [UInt8]

    /// Reads a segment and checks that its header is the one the log has there, as far as that is
    /// known.
    ///
    /// `fromDisk` is for the segment that may hold what never reached the disk: whatever a killed
    /// process left to write is written, and what the host only remembers is forgotten, before
    /// anything is read.
    init(
        _ entry: Manifest.Entry, of log: LogID?, after chain: Digest?, on disk: any FileSystem,
        fromDisk: Bool = false
    ) throws(LogError) {
        self.entry = entry
        do {
            bytes = try Self.read(entry.number, on: disk, fromDisk: fromDisk)
        } catch {
            throw error.isMissing
                ? .directory(.segmentMissing(entry.number)) : .failed(error)
        }
        header = try Self.header(bytes, entry.number)
        guard header.log == log ?? header.log, header.number == entry.number,
            header.basePosition == entry.basePosition,
            header.previousChain == chain ?? header.previousChain
        else {
            throw .directory(.segmentHeader(entry.number, "its header belongs elsewhere"))
        }
    }

    private static func header(
        _ bytes: [UInt8], _ number: UInt64
    ) throws(LogError) -> SegmentHeader {
        do {
            return try SegmentHeader(decoding: bytes.span)
        } catch {
            switch error {
            case .newer(let what): throw .newer(segment: number, offset: 8, what: what)
            case .malformed(let what): throw .directory(.segmentHeader(number, what))
            }
        }
    }

    private static func read(
        _ number: UInt64, on disk: any FileSystem, fromDisk: Bool
    ) throws(FileError) -> [UInt8] {
        let file = try disk.open(SegmentFile.path(number), .read)
        defer { disk.close(file) }
        if fromDisk {
            try disk.synchronize(file)
            try disk.dropCache(of: file)
        }
        return try disk.read(file, at: 0, count: try disk.size(of: file))
    }

    /// Where and how the commits of a segment end.
    struct End {
        let seal: Manifest.Seal
        /// The bytes of an unfinished commit behind them.
        var tornBytes = 0
    }

    /// Calls `body` with each commit up to the one that holds position `limit`, and says how the
    /// segment ends.
    ///
    /// A sealed segment must end as its seal says; an open one may be torn.
    func walk(
        scrutiny: Scrutiny = .checksums, through limit: Position = .max,
        _ body: (Commit) throws(LogError) -> Void
    ) throws(LogError) -> End {
        var scan = SegmentScan(header, isLast: entry.seal == nil, scrutiny: scrutiny)
        while scan.nextPosition <= limit {
            switch scan.step(in: bytes.span) {
            case .commit(let commit): try body(commit)
            case .end(.clean): return try end(scan, torn: 0)
            case .end(.torn(_, let bytes)): return try end(scan, torn: bytes)
            case .end(.newer(let offset, let what)):
                throw .newer(segment: entry.number, offset: offset, what: what)
            case .end(.damaged(let damage)): throw .damaged(segment: entry.number, damage)
            }
        }
        return End(seal: seal(at: scan))
    }

    /// Calls `body` with the events of `commit` up to position `limit`, and gives how many of their
    /// slots name nobody any more.
    @discardableResult
    func events(
        of commit: Commit, through limit: Position = .max, _ body: (Event, Position) -> Void
    ) throws(LogError) -> Int {
        do {
            return try commit.events(of: bytes.span, through: limit, body)
        } catch {
            switch error {
            case .newer(let what):
                throw .newer(segment: entry.number, offset: commit.offset, what: what)
            case .malformed: throw unreadable(commit)
            }
        }
    }

    /// That the records of `commit` cannot be read.
    func unreadable(_ commit: Commit) -> LogError {
        damaged(
            .records, at: commit.offset, first: commit.header.firstPosition,
            last: commit.header.lastPosition)
    }

    private func seal(at scan: SegmentScan) -> Manifest.Seal {
        Manifest.Seal(length: scan.offset, lastPosition: scan.nextPosition - 1, chain: scan.chain)
    }

    private func end(_ scan: SegmentScan, torn: Int) throws(LogError) -> End {
        let found = seal(at: scan)
        guard let expected = entry.seal else { return End(seal: found, tornBytes: torn) }
        if found.length < bytes.count, found.length >= expected.length {
            throw damaged(.behindEnd, at: found.length, first: found.lastPosition + 1, last: nil)
        }
        guard found == expected else {
            throw damaged(
                .missing, at: found.length, first: found.lastPosition + 1,
                last: expected.lastPosition > found.lastPosition ? expected.lastPosition : nil)
        }
        return End(seal: found)
    }

    private func damaged(
        _ kind: DamageKind, at offset: Int, first: Position, last: Position?
    ) -> LogError {
        .damaged(
            segment: entry.number,
            Damage(offset: offset, firstPosition: first, lastPosition: last, kind: kind))
    }
}
