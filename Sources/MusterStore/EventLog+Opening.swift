package import MusterCore

extension EventLog {
    /// What opening a log found.
    package struct Opened {
        package let log: EventLog
        /// What was cut off the log's end; append it before anything else.
        package let repaired: TailRepaired?
        /// The snapshot that stood for the events up to its position.
        package let snapshot: SnapshotHeader?
        /// Snapshots that could not be used.
        package let passedOver: [SnapshotFault]
        /// The bytes of the commits behind the snapshot.
        package let tailBytes: Int
    }

    /// How far a replay is.
    package struct Progress: Hashable, Sendable {
        package let segment: Int
        package let segments: Int
        package let position: Position
    }

    /// Takes the state directory and calls `replay` with every event of the log, in order.
    ///
    /// Where `restore` is given and a snapshot can be used, `restore` gets its state first, and
    /// `replay` only the events behind it; of the segments before, only the length is looked at.
    /// A log that does not exist yet gets the id `newLog` when it begins, at the first append. An
    /// unfinished commit at the end is kept in `quarantine/` and cut off. An erasure that was broken
    /// off is done to its end. Anything else that is not whole is refused, and nothing is changed.
    /// `progress` is called after each segment.
    package static func open(
        _ disk: any FileSystem, newLog: LogID, sizes: SegmentSizes = .standard,
        progress: (Progress) -> Void = { _ in }, restore: ((State) -> Void)? = nil,
        replay: (Event, Position) -> Void
    ) throws(LogError) -> Opened {
        let lock = try DirectoryLock(disk)
        do {
            return try open(
                disk, lock, newLog: newLog, sizes: sizes, progress: progress, restore: restore,
                replay: replay)
        } catch {
            lock.release()
            throw error
        }
    }

    private static func open(
        _ disk: any FileSystem, _ lock: DirectoryLock, newLog: LogID, sizes: SegmentSizes,
        progress: (Progress) -> Void, restore: ((State) -> Void)?,
        replay: (Event, Position) -> Void
    ) throws(LogError) -> Opened {
        let found = try Manifest(reading: disk)
        var erasures = try ErasureReading(finishingOn: disk, of: found?.log)
        let mark = try Mark.read(disk)
        try removeUnused(disk, named: found)
        let manifest = found ?? Manifest(log: mark?.log ?? newLog)
        guard mark.map({ $0.log == manifest.log }) ?? true else {
            throw .directory(.mark("it belongs to another log"))
        }
        var passedOver: [SnapshotFault] = []
        let snapshot = try restore.flatMap { restore throws(LogError) in
            try Self.restore(disk, restore) { passedOver.append($0) }
        }
        let start = snapshot?.position ?? 0
        var tailBytes = 0
        erasures.begin(after: start)
        var end = Manifest.Seal(
            length: 0, lastPosition: 0, chain: Chain.start(of: manifest.log))
        var repaired: TailRepaired?
        for (index, entry) in manifest.segments.enumerated() {
            if let seal = entry.seal, seal.lastPosition <= start {
                try check(entry, has: seal.length, on: disk)
                end = seal
                continue
            }
            let content = try SegmentContent(
                entry, of: manifest.log, after: end.chain, on: disk, fromDisk: entry.seal == nil)
            let found = try content.walk { commit throws(LogError) in
                guard mark?.agrees(with: commit.header) ?? true else {
                    throw .directory(.mark("it knows another history of the log"))
                }
                guard commit.header.lastPosition > start else { return }
                tailBytes += commit.header.length
                let erased = try content.events(of: commit) { event, position in
                    erasures.take(event, at: position)
                    replay(event, position)
                }
                erasures.take(commit.commit, of: entry.number, erasedSlots: erased)
            }
            end = found.seal
            if !found.torn.isEmpty {
                try check(found, of: entry, reaches: mark)
                repaired = try cut(entry.number, found, on: disk)
            }
            progress(
                Progress(
                    segment: index + 1, segments: manifest.segments.count,
                    position: end.lastPosition))
        }
        try check(end, reaches: mark?.position ?? 0, of: Mark.path)
        try check(end, reaches: start, of: "a snapshot")
        try erasures.check()
        let log = EventLog(disk, lock, manifest, end: end, mark: mark, sizes: sizes)
        try erasures.finish(in: log, replay)
        return Opened(
            log: log, repaired: repaired, snapshot: snapshot, passedOver: passedOver,
            tailBytes: tailBytes)
    }

    private static func restore(
        _ disk: any FileSystem, _ restore: (State) -> Void, passOver: (SnapshotFault) -> Void
    ) throws(LogError) -> SnapshotHeader? {
        let newest = try LogReader(disk).newestSnapshot(through: .max, passOver: passOver) {
            content throws(SnapshotFault) in try Snapshots(disk).state(of: content)
        }
        guard let newest else { return nil }
        restore(newest.value)
        return newest.header
    }

    /// Refuses a segment that is not there, or not all of it; a snapshot stands for what it holds.
    private static func check(
        _ entry: Manifest.Entry, has length: Int, on disk: any FileSystem
    ) throws(LogError) {
        let size: Int
        do {
            let file = try disk.open(SegmentFile.path(entry.number), .read)
            defer { disk.close(file) }
            size = try disk.size(of: file)
        } catch {
            throw error.isMissing
                ? .directory(.segmentMissing(entry.number)) : .failed(error)
        }
        guard size == length else {
            throw .directory(
                .segmentHeader(entry.number, "it has \(size) bytes instead of \(length)"))
        }
    }

    /// Refuses a log that ends before what `witness` says was durable.
    private static func check(
        _ end: Manifest.Seal, reaches durable: Position, of witness: String
    ) throws(LogError) {
        guard durable > end.lastPosition else { return }
        throw .directory(.endLost(end: end.lastPosition, durable: durable, witness: witness))
    }

    /// Refuses to cut off what MARK says was durable.
    private static func check(
        _ end: SegmentContent.End, of entry: Manifest.Entry, reaches mark: Mark?
    ) throws(LogError) {
        guard let mark, mark.position > end.seal.lastPosition else { return }
        throw .damaged(
            segment: entry.number,
            Damage(
                offset: end.seal.length, firstPosition: end.seal.lastPosition + 1,
                lastPosition: mark.position, kind: .durable))
    }

    /// Removes segments that a process made and did not live to use: they hold no commit.
    private static func removeUnused(
        _ disk: any FileSystem, named manifest: Manifest?
    ) throws(LogError) {
        let names = try failing { () throws(FileError) in
            try disk.names(in: SegmentFile.directory) ?? []
        }
        let known = UInt64(manifest?.segments.count ?? 0)
        for number in names.compactMap(SegmentFile.number) where number == 0 || number > known {
            let path = SegmentFile.path(number)
            let bytes = try failing { () throws(FileError) in
                try disk.content(of: path, limit: .max) ?? []
            }
            guard bytes.dropFirst(SegmentHeader.size).allSatisfy({ $0 == 0 }) else {
                throw .directory(
                    manifest == nil
                        ? .manifestMissing(segment: number) : .segmentUnknown(number))
            }
            try failing { () throws(FileError) in
                try disk.remove(path)
                try disk.synchronizeDirectory(SegmentFile.directory)
            }
        }
    }

    private static func cut(
        _ number: UInt64, _ end: SegmentContent.End, on disk: any FileSystem
    ) throws(LogError) -> TailRepaired {
        let start = end.seal.length
        let tail = end.torn
        try failing { () throws(FileError) in
            try Quarantine.keep(tail, segment: number, offset: start, on: disk)
            let file = try disk.open(SegmentFile.path(number), .readWrite)
            defer { disk.close(file) }
            try disk.truncate(file, to: start)
            try disk.synchronize(file)
        }
        return TailRepaired(
            segment: number, offset: UInt64(start), bytes: UInt64(tail.count),
            digest: Digest.sha256(tail.span))
    }
}

/// What was cut off the log, kept for people to look at; no program reads or removes it.
enum Quarantine {
    static let directory = "quarantine"

    static func keep(
        _ bytes: [UInt8], segment: UInt64, offset: Int, on disk: any FileSystem
    ) throws(FileError) {
        try disk.makeDirectory(directory)
        let name = try freeName("segment-\(segment)-at-\(offset)", on: disk)
        try disk.create("\(directory)/\(name)", with: bytes)
        try disk.synchronizeDirectory(directory)
        try disk.synchronizeDirectory("")
    }

    /// `name`, or a like one that is not taken: a process that died while it cut may have left a
    /// copy, whole or not.
    static func freeName(_ name: String, on disk: any FileSystem) throws(FileError) -> String {
        let taken = Set(try disk.names(in: directory) ?? [])
        var free = name
        var copies = 1
        while taken.contains(free) {
            copies += 1
            free = "\(name)-copy-\(copies)"
        }
        return free
    }
}
