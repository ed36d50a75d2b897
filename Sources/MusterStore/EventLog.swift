package import MusterCore

/// The log's one writer: what it has appended is durable.
///
/// It holds the state directory until it is closed. It never appends to a segment that it did not
/// make itself: the first append makes one, and a log that is only opened and closed is not written
/// to. A failure of `append` or `ensureRoom` other than `.full` and `.refused` leaves it unusable:
/// end the process, and let the next one recover.
package final class EventLog {
    let disk: any FileSystem
    private let sizes: SegmentSizes
    /// Nil once the directory was given back: its number may be another file's by then.
    private var lock: DirectoryLock?
    private var manifest: Manifest
    /// The last segment of an earlier process, as it was found; sealed when this process makes its
    /// first one.
    private var inherited: Manifest.Seal?
    private var current: OpenSegment?
    private var spare: SpareSegment?
    /// Whether a rotation finds room for what it writes beside the spare.
    private var isRoomHeld = false
    private var made = 0
    /// How many commits were written since the log was opened.
    package private(set) var commits = 0
    private var position: Position
    private var chain: Digest
    private var sealedBytes: Int
    /// The mark that was found, until this process writes its first one.
    private var lastMark: Mark?
    private var marks: MarkFile?
    /// The last position that a mark of this process names.
    private var marked: Position
    private var encoder = CommitEncoder()
    private var buffer: [UInt8] = []

    private struct OpenSegment {
        let file: Descriptor
        let seed: UInt32
        let size: Int
        var offset = SegmentHeader.size
    }

    init(
        _ disk: any FileSystem, _ lock: DirectoryLock, _ manifest: Manifest, end: Manifest.Seal,
        mark: Mark?, sizes: SegmentSizes
    ) {
        self.disk = disk
        self.sizes = sizes
        self.lock = lock
        self.manifest = manifest
        let last = manifest.segments.last
        inherited = last.map { $0.seal == nil } == true ? end : nil
        position = end.lastPosition
        chain = end.chain
        lastMark = mark
        marked = position
        sealedBytes = manifest.segments.reduce(inherited?.length ?? 0) {
            $0 + ($1.seal?.length ?? 0)
        }
    }

    deinit {
        if let current { disk.close(current.file) }
        marks?.close()
        spare?.abandon()
        lock?.release()
    }

    /// Where the log stands: everything up to here is durable.
    package var head: LogHead {
        LogHead(
            log: manifest.log, position: position, chain: chain,
            segments: manifest.segments.count, bytes: sealedBytes + (current?.offset ?? 0))
    }

    /// Appends `events` durably and returns the position of the last one.
    ///
    /// They are packed in order into one commit; where its body would grow over 8 MiB, another
    /// begins. Each commit is synced before the next is written, so that at most one is ever
    /// unfinished. `salt` is called once for every commit that names people; its bytes must be
    /// random.
    package func append(
        _ events: [Event], salt: () -> Salt
    ) throws(LogError) -> Position {
        // By their places: each would be copied otherwise, which counts references.
        for index in events.indices where try !add(events[index], salt: salt) {
            try commit(at: events[index].at)
            _ = try add(events[index], salt: salt)
        }
        if let last = events.last { try commit(at: last.at) }
        return position
    }

    /// Makes sure that appends of commits of `bytes` in all cannot fail for want of room, or throws
    /// `.full`.
    ///
    /// `CommitFormat.length(body:)` tells the bytes of a commit. The reserve stays free unless
    /// `usingReserve`, which is for the steps of runs under way. May prepare a segment, which takes
    /// time.
    package func ensureRoom(for bytes: Int, usingReserve: Bool = false) throws(LogError) {
        let needed = bytes + (usingReserve ? 0 : sizes.reserve)
        if let current, current.size - current.offset >= needed { return }
        try prepareSpare(holding: needed)
    }

    /// The segment that is to follow, where it is time to make it: once the current one is half full
    /// and until `holdSpare` was called for it.
    ///
    /// For the time after the replies; its steps may be done on another thread. Want of room is no
    /// error there: `ensureRoom` tells it when it matters.
    package func spareToPrepare() -> SpareSegment? {
        guard let current, current.offset > current.size / 2, !isRoomHeld else { return nil }
        let spare = spare ?? SpareSegment(size: nextSize, on: disk)
        self.spare = spare
        return spare
    }

    /// Does the rest of what a rotation needs, when the segment that is to follow is ready.
    package func holdSpare() throws(LogError) {
        guard spare?.isReady == true else { return }
        do {
            try holdRoom()
        } catch .full {
            // As above.
            return
        }
    }

    /// Writes to MARK that everything up to here is durable, where it does not say so yet.
    ///
    /// For about once a second while events are appended.
    package func mark() throws(LogError) {
        guard let current, position > marked else { return }
        try writeMark(
            Manifest.Seal(length: current.offset, lastPosition: position, chain: chain),
            isClean: false)
    }

    /// Cuts the last segment to its last commit, records that, and gives the state directory back.
    package func close() throws(LogError) {
        abandonSpare()
        if let open = current {
            try sealCurrent(open)
            current = nil
            try writeManifest()
            if let seal = manifest.segments.last?.seal { try writeMark(seal, isClean: true) }
        }
        marks?.close()
        marks = nil
        lock?.release()
        lock = nil
    }

    private func add(_ event: Event, salt: () -> Salt) throws(LogError) -> Bool {
        do {
            return try encoder.add(event, salt: salt)
        } catch {
            encoder.removeAll()
            throw .refused(error)
        }
    }

    private func commit(at time: Timestamp) throws(LogError) {
        let length = encoder.length
        let count = Position(encoder.count)
        var open: OpenSegment
        if let current, current.size - current.offset >= length {
            open = current
        } else {
            open = try beginSegment(holding: length, at: time)
        }
        let next = encoder.seal(
            firstPosition: position + 1, after: chain, seed: open.seed, into: &buffer)
        do {
            try disk.write(buffer, to: open.file, at: open.offset)
            try disk.synchronize(open.file)
        } catch {
            throw .failed(error)
        }
        open.offset += length
        current = open
        chain = next
        position += count
        commits += 1
    }
}

extension EventLog {
    private var nextSize: Int { sizes.size(after: made) }

    /// A spare that holds commits of `bytes` in all.
    private func prepareSpare(holding bytes: Int) throws(LogError) {
        let needed = SegmentHeader.size + bytes
        if spare.map({ $0.size < needed }) == true {
            spare?.abandon()
            spare = nil
        }
        // Doubled, so that needs that grow little by little do not make a file each.
        var size = nextSize
        while size < needed { size *= 2 }
        let spare = spare ?? SpareSegment(size: size, on: disk)
        self.spare = spare
        do {
            try spare.finish()
        } catch {
            // The next one may be asked for less.
            abandonSpare()
            throw error
        }
        try holdRoom()
    }

    /// Holds room for what a rotation writes beside the spare: the MANIFEST that names it, MARK and
    /// a directory.
    ///
    /// So a file system that others fill meanwhile stops no commit that was decided.
    private func holdRoom() throws(LogError) {
        guard !isRoomHeld else { return }
        do {
            try disk.makeDirectory(SegmentFile.directory)
            let file = try disk.open(temporaryPath(of: Manifest.path), .create)
            defer { disk.close(file) }
            try disk.reserve(manifest.bytes.count + Manifest.entrySize, of: file)
            if marks == nil { marks = try MarkFile(disk, log: manifest.log, after: lastMark) }
            isRoomHeld = true
        } catch {
            abandonSpare()
            throw error.isFull ? .full : .failed(error)
        }
    }

    private func abandonSpare() {
        spare?.abandon()
        spare = nil
        isRoomHeld = false
        // What stays behind is written over by the next MANIFEST.
        try? disk.remove(temporaryPath(of: Manifest.path))
    }

    /// Ends the segment before and begins one that holds a commit of `length`.
    ///
    /// After a crash between any two of these steps the log is whole: the old segment is durable
    /// before the new one has a number, and the new one holds nothing before MANIFEST names it.
    private func beginSegment(
        holding length: Int, at time: Timestamp
    ) throws(LogError) -> OpenSegment {
        try prepareSpare(holding: length)
        guard let size = spare?.size, let file = spare?.take() else { throw .full }
        spare = nil
        try finishLast()
        manifest.begin(at: position + 1)
        let header = SegmentHeader(
            log: manifest.log, number: UInt64(manifest.segments.count),
            basePosition: position + 1, previousChain: chain, createdAt: time)
        do {
            try disk.write(header.bytes, to: file, at: 0)
            try disk.synchronize(file)
            try disk.makeDirectory(SegmentFile.directory)
            try disk.rename(SegmentFile.spare, to: SegmentFile.path(header.number))
            try disk.synchronizeDirectory(SegmentFile.directory)
            try disk.synchronizeDirectory("")
        } catch {
            throw .failed(error)
        }
        try writeManifest()
        made += 1
        isRoomHeld = false
        let open = OpenSegment(file: file, seed: header.seed, size: size)
        current = open
        return open
    }

    private func finishLast() throws(LogError) {
        if let open = current {
            try sealCurrent(open)
            current = nil
        } else if let seal = inherited, let number = manifest.segments.last?.number {
            do {
                let file = try disk.open(SegmentFile.path(number), .readWrite)
                defer { disk.close(file) }
                try disk.truncate(file, to: seal.length)
                try disk.synchronize(file)
            } catch {
                throw .failed(error)
            }
            manifest.sealLast(seal)
            inherited = nil
        }
    }

    private func sealCurrent(_ open: OpenSegment) throws(LogError) {
        do {
            try disk.truncate(open.file, to: open.offset)
            try disk.synchronize(open.file)
        } catch {
            throw .failed(error)
        }
        disk.close(open.file)
        sealedBytes += open.offset
        manifest.sealLast(
            Manifest.Seal(length: open.offset, lastPosition: position, chain: chain))
    }

    private func writeMark(_ end: Manifest.Seal, isClean: Bool) throws(LogError) {
        do {
            var file: MarkFile
            if let marks {
                file = marks
            } else {
                file = try MarkFile(disk, log: manifest.log, after: lastMark)
            }
            marks = file
            try file.write(
                segment: UInt64(manifest.segments.count), end: end, isClean: isClean)
            marks = file
        } catch {
            throw .failed(error)
        }
        marked = position
    }

    private func writeManifest() throws(LogError) {
        do {
            try disk.replace(Manifest.path, with: manifest.bytes)
        } catch {
            throw .failed(error)
        }
    }
}

/// How large the segments are that one process makes.
package struct SegmentSizes: Sendable {
    private let sizes: [Int]
    /// Room that `ensureRoom` leaves, so that runs under way can still end in a full log.
    let reserve: Int

    /// The last of `sizes` is that of all further segments.
    package init(_ sizes: [Int], reserve: Int) {
        self.sizes = sizes
        self.reserve = reserve
    }

    /// 1, 4, 16, then 64 MiB, and a reserve of 256 KiB.
    package static let standard = SegmentSizes(
        [1 << 20, 4 << 20, 16 << 20, 64 << 20], reserve: 256 << 10)

    func size(after made: Int) -> Int { sizes[min(made, sizes.count - 1)] }
}

/// Where a log stands.
package struct LogHead: Hashable, Sendable {
    package let log: LogID
    package let position: Position
    package let chain: Digest
    package let segments: Int
    /// The bytes in use.
    package let bytes: Int
}
