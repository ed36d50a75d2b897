package import MusterCore

/// What a look at every byte of a log found.
///
/// Whole means: MANIFEST and every segment header have their checksum, every commit has its
/// checksums, digests, magics, zero padding and place in the chain, every record can be read, every
/// byte behind the last commit is zero, and no other segment holds anything.
package struct LogVerification: Sendable {
    package private(set) var log: LogID?
    package private(set) var segments = 0
    package private(set) var commits = 0
    /// The position of the last event, and how many bytes hold the log.
    package private(set) var position: Position = 0
    package private(set) var bytes = 0
    package private(set) var chain: Digest?
    package private(set) var problems: [Problem] = []
    private var ledger = ErasureLedger()

    /// Something that is not accounted for.
    package enum Problem: Hashable, Sendable {
        case error(LogError)
        /// An unfinished commit, which the next start cuts off.
        case tornTail(segment: UInt64, offset: Int, bytes: Int, firstPosition: Position)
        case unknownFile(String)
        /// One of MARK's slots; the other counts, and the next writing replaces it.
        case markSlot(Int)
        /// A snapshot, which a start passes over.
        case snapshot(SnapshotFault)
        /// People are being erased, or were when something stopped it.
        case erasureUnfinished

        /// Sentences for people that say what and where.
        package var message: String {
            switch self {
            case .error(let error): error.message
            case .tornTail(let segment, let offset, let bytes, let position):
                "\(SegmentFile.path(segment)) ends in an unfinished commit of \(bytes) bytes at byte "
                    + "\(offset); it was to hold events from \(position). The next start cuts it off."
            case .unknownFile(let name):
                "\(SegmentFile.directory)/\(name) is no segment of the log."
            case .markSlot(let index):
                "Slot \(index) of MARK is damaged. The other one counts, and the next mark replaces this one."
            case .snapshot(let fault): fault.message
            case .erasureUnfinished:
                "People are being erased from the log. Where nobody is at it any more, the next start "
                    + "of the daemon, or \"muster log erase --resume\", does the rest."
            }
        }
    }

    package var isWhole: Bool { problems.isEmpty }

    /// Looks at a log, also while a daemon appends to it; what it appends meanwhile may be left
    /// out.
    package init(_ disk: any FileSystem) {
        do {
            let names = try failing { () throws(FileError) in
                try disk.names(in: SegmentFile.directory) ?? []
            }
            let manifest = try Manifest(reading: disk)
            let mark = verifiedMark(disk)
            log = manifest?.log
            chain = manifest.map { Chain.start(of: $0.log) }
            for entry in manifest?.segments ?? [] { verify(entry, on: disk) }
            if try ErasurePlan(reading: disk) != nil {
                problems.append(.erasureUnfinished)
            } else {
                try ledger.check()
            }
            if let mark, mark.log != log {
                problems.append(.error(.directory(.mark("it belongs to another log"))))
            } else if let mark, mark.position > position {
                problems.append(
                    .error(
                        .directory(
                            .endLost(
                                end: position, durable: mark.position, witness: Mark.path))))
            }
            try look(for: names, beside: manifest, on: disk)
            try verifySnapshots(disk)
        } catch {
            problems.append(.error(error))
        }
    }

    private mutating func verifySnapshots(_ disk: any FileSystem) throws(LogError) {
        let snapshots = Snapshots(disk)
        for position in try snapshots.positions() {
            do {
                _ = try snapshots.state(of: try snapshots.content(position))
            } catch {
                // A daemon may have removed it meanwhile.
                guard try snapshots.positions().contains(position) else { continue }
                problems.append(.snapshot(error))
            }
        }
    }

    /// Read before the segments, which a daemon may lengthen meanwhile.
    private mutating func verifiedMark(_ disk: any FileSystem) -> Mark? {
        do {
            let mark = try Mark.read(disk)
            for (index, slot) in (try Mark.slots(disk) ?? []).enumerated() where slot == .damaged {
                problems.append(.markSlot(index))
            }
            return mark
        } catch {
            problems.append(.error(error))
            return nil
        }
    }

    private mutating func verify(_ entry: Manifest.Entry, on disk: any FileSystem) {
        var looks = 0
        while true {
            do {
                let found = try examine(entry, on: disk)
                // A commit that is being written just now looks unfinished; the next look finds it
                // whole.
                looks += 1
                if entry.seal == nil, !found.end.torn.isEmpty, looks < 4 { continue }
                accept(found, of: entry)
                return
            } catch {
                looks += 1
                if entry.seal == nil, looks < 4 { continue }
                problems.append(.error(error))
                chain = entry.seal?.chain
                position = entry.seal?.lastPosition ?? position
                return
            }
        }
    }

    private struct Found {
        let end: SegmentContent.End
        let ledger: ErasureLedger
        let commits: Int
    }

    private func examine(
        _ entry: Manifest.Entry, on disk: any FileSystem
    ) throws(LogError) -> Found {
        let content = try SegmentContent(entry, of: log, after: chain, on: disk)
        var commits = 0
        var ledger = ledger
        let end = try content.walk(scrutiny: .digests) { commit throws(LogError) in
            try content.events(of: commit, into: &ledger)
            commits += 1
        }
        return Found(end: end, ledger: ledger, commits: commits)
    }

    private mutating func accept(_ found: Found, of entry: Manifest.Entry) {
        segments += 1
        ledger = found.ledger
        commits += found.commits
        bytes += found.end.seal.length
        position = found.end.seal.lastPosition
        chain = found.end.seal.chain
        guard !found.end.torn.isEmpty else { return }
        problems.append(
            .tornTail(
                segment: entry.number, offset: found.end.seal.length, bytes: found.end.torn.count,
                firstPosition: position + 1))
    }

    private mutating func look(
        for names: [String], beside manifest: Manifest?, on disk: any FileSystem
    ) throws(LogError) {
        let known = UInt64(manifest?.segments.count ?? 0)
        for name in names {
            guard let number = SegmentFile.number(name) else {
                problems.append(.unknownFile(name))
                continue
            }
            guard number == 0 || number > known else { continue }
            let path = SegmentFile.path(number)
            let content = try failing { () throws(FileError) in
                try disk.content(of: path, limit: .max) ?? []
            }
            let isUnused = content.dropFirst(SegmentHeader.size).allSatisfy { $0 == 0 }
            // A daemon may have begun the segment since MANIFEST was read.
            let isKnownNow = try Manifest(reading: disk)?.segments.contains { $0.number == number }
            guard !isUnused, isKnownNow != true else { continue }
            problems.append(
                .error(
                    .directory(
                        manifest == nil
                            ? .manifestMissing(segment: number) : .segmentUnknown(number))))
        }
    }
}
