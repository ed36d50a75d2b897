import MusterCore

/// What a segment holds, read piece by piece from its file, which is open as long as somebody holds
/// this.
final class SegmentContent {
    let entry: Manifest.Entry
    let header: SegmentHeader
    private let disk: any FileSystem
    private let file: Descriptor

    /// Opens a segment and checks that its header is the one the log has there, as far as that is
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
        self.disk = disk
        do {
            file = try disk.open(SegmentFile.path(entry.number), .read)
        } catch {
            throw error.isMissing
                ? .directory(.segmentMissing(entry.number)) : .failed(error)
        }
        do {
            header = try Self.header(file, of: entry.number, on: disk, fromDisk: fromDisk)
        } catch {
            disk.close(file)
            throw error
        }
        // From here on the file is closed with this.
        guard header.log == log ?? header.log, header.number == entry.number,
            header.basePosition == entry.basePosition,
            header.previousChain == chain ?? header.previousChain
        else {
            throw .directory(.segmentHeader(entry.number, "its header belongs elsewhere"))
        }
    }

    deinit { disk.close(file) }

    private static func header(
        _ file: Descriptor, of number: UInt64, on disk: any FileSystem, fromDisk: Bool
    ) throws(LogError) -> SegmentHeader {
        let bytes = try failing { () throws(FileError) in
            if fromDisk {
                try disk.synchronize(file)
                try disk.dropCache(of: file)
            }
            return try disk.read(file, at: 0, count: SegmentHeader.size)
        }
        do {
            return try SegmentHeader(decoding: bytes.span)
        } catch {
            switch error {
            case .newer(let what): throw .newer(segment: number, offset: 8, what: what)
            case .malformed(let what): throw .directory(.segmentHeader(number, what))
            }
        }
    }

    /// Where and how the commits of a segment end.
    struct End {
        let seal: Manifest.Seal
        /// The bytes of an unfinished commit behind them.
        var torn: [UInt8] = []
    }

    /// All bytes of the segment.
    func read() throws(LogError) -> [UInt8] {
        try failing { () throws(FileError) in
            try disk.read(file, at: 0, count: try disk.size(of: file))
        }
    }

    /// Calls `body` with each commit up to the one that holds position `limit`, and says how the
    /// segment ends.
    ///
    /// A sealed segment must end as its seal says; an open one may be torn. No more than a window is
    /// in memory; only where a commit is not whole, everything is.
    func walk(
        scrutiny: Scrutiny = .checksums, through limit: Position = .max,
        _ body: (FoundCommit) throws(LogError) -> Void
    ) throws(LogError) -> End {
        var scan = SegmentScan(header, isLast: entry.seal == nil, scrutiny: scrutiny)
        while scan.nextPosition <= limit {
            let start = scan.offset
            let window = try failing { () throws(FileError) in
                try SegmentWindow(at: start, of: file, on: disk)
            }
            while scan.nextPosition <= limit, case .commit(let commit)? = window?.step(&scan) {
                try body(commit)
            }
            if scan.offset == start { return try walkRest(&scan, through: limit, body) }
        }
        return End(seal: seal(at: scan))
    }

    /// Goes on where no whole commit stands.
    private func walkRest(
        _ scan: inout SegmentScan, through limit: Position,
        _ body: (FoundCommit) throws(LogError) -> Void
    ) throws(LogError) -> End {
        let start = scan.offset
        if try failing({ () throws(FileError) in
            try SegmentWindow.isZero(from: start, of: file, on: disk)
        }) {
            let size = try failing { () throws(FileError) in try disk.size(of: file) }
            return try end(seal(at: scan), size: size)
        }
        let bytes = try read()
        while scan.nextPosition <= limit {
            switch scan.step(in: bytes.span) {
            case .commit(let commit): try body(FoundCommit(commit, in: bytes))
            case .end(.clean): return try end(seal(at: scan), size: bytes.count)
            case .end(.torn(let offset, let count)):
                return try end(
                    seal(at: scan), size: bytes.count, torn: bytes[offset..<offset + count])
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
        of commit: FoundCommit, through limit: Position = .max, _ body: (Event, Position) -> Void
    ) throws(LogError) -> Int {
        do {
            return try commit.events(through: limit, body)
        } catch {
            switch error {
            case .newer(let what):
                throw .newer(segment: entry.number, offset: commit.offset, what: what)
            case .malformed: throw unreadable(commit)
            }
        }
    }

    /// That the records of `commit` cannot be read.
    func unreadable(_ commit: FoundCommit) -> LogError {
        damaged(
            .records, at: commit.offset, first: commit.header.firstPosition,
            last: commit.header.lastPosition)
    }

    private func seal(at scan: SegmentScan) -> Manifest.Seal {
        Manifest.Seal(length: scan.offset, lastPosition: scan.nextPosition - 1, chain: scan.chain)
    }

    /// Holds an end against the seal; `size` is that of the file.
    private func end(
        _ found: Manifest.Seal, size: Int, torn: ArraySlice<UInt8> = []
    ) throws(LogError) -> End {
        guard let expected = entry.seal else { return End(seal: found, torn: Array(torn)) }
        if found.length < size, found.length >= expected.length {
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
