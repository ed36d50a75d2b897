package import MusterCore

/// A cut of the log's end that a person decided, because it is damaged there or for another reason.
///
/// What is cut off stays in `quarantine/`; the rest is a whole log. It holds the state directory
/// until it is released.
package struct LogCut {
    private let disk: any FileSystem
    private let lock: DirectoryLock
    private let manifest: Manifest
    /// No event from this place on would stay.
    package let place: Place
    /// The bytes that would go, zeros behind the last commit left out.
    package let bytes: Int

    /// Where a commit begins, or the log ends.
    package struct Place: Hashable, Sendable {
        package let segment: UInt64
        package let offset: Int
        package let position: Position
    }

    /// Where a person wants the cut.
    package enum Wish: Hashable, Sendable {
        case position(Position)
        case offset(segment: UInt64, Int)
    }

    /// Why there can be no such cut.
    package enum Refusal: Error, Hashable, Sendable {
        /// The directory is in use, or not whole in front of the place.
        case log(LogError)
        /// The place is inside a commit.
        case noBoundary(before: Place, after: Place)
        case behindEnd(Place)
        /// What would go vouches for people who were erased in front of the place.
        case erasureBehind
        /// People are being erased; that is to be done to its end first.
        case erasureUnfinished
    }

    /// Takes the state directory and finds the place; changes nothing.
    ///
    /// Everything in front of the place must be whole.
    package init(_ disk: any FileSystem, at wish: Wish) throws(Refusal) {
        self.disk = disk
        let lock = try Refusal.ofLog { () throws(LogError) in try DirectoryLock(disk) }
        self.lock = lock
        do throws(Refusal) {
            manifest = try Refusal.ofLog { () throws(LogError) in
                guard let manifest = try Manifest(reading: disk) else {
                    throw .directory(.manifest("there is none"))
                }
                return manifest
            }
            let plan = try Refusal.ofLog { () throws(LogError) in try ErasurePlan(reading: disk) }
            guard plan == nil else { throw Refusal.erasureUnfinished }
            place = try Self.find(wish, in: manifest, on: disk)
            bytes = try Self.loss(behind: place, on: disk)
        } catch {
            lock.release()
            throw error
        }
    }

    /// Whether the log ends at the place, also by what MANIFEST says.
    package var cutsNothing: Bool {
        bytes == 0 && manifest.segments.last.map { $0.number == place.segment } ?? true
    }

    /// Gives the state directory back.
    package func release() { lock.release() }

    /// Cuts; after a crash on the way the log is as before, or refused until the same cut is made
    /// again.
    package func perform() throws(LogError) {
        var kept = manifest
        kept.cut(to: place.segment)
        do throws(FileError) {
            try keepTail()
            // These are only true of the longer log, and would be held against the shorter one.
            try Quarantine.move(try claims(), on: disk)
            try disk.replace(Manifest.path, with: kept.bytes)
            let file = try disk.open(SegmentFile.path(place.segment), .readWrite)
            defer { disk.close(file) }
            try disk.truncate(file, to: place.offset)
            try disk.synchronize(file)
            try Quarantine.move(try Self.segments(behind: place, on: disk), on: disk)
        } catch {
            throw .failed(error)
        }
    }

    private func keepTail() throws(FileError) {
        let content = try disk.content(of: SegmentFile.path(place.segment), limit: .max) ?? []
        let end = content.span.endOfContent(in: place.offset..<content.count)
        guard end > place.offset else { return }
        try Quarantine.keep(
            Array(content[place.offset..<end]), segment: place.segment, offset: place.offset,
            on: disk)
    }

    /// What says how far the log goes, beside the log itself.
    private func claims() throws(FileError) -> [String] {
        let snapshots = try disk.names(in: "snapshots") ?? []
        let marks = try disk.content(of: "MARK", limit: 1) == nil ? [] : ["MARK"]
        return snapshots.map { "snapshots/\($0)" } + marks
    }
}

extension LogCut {
    private static func find(
        _ wish: Wish, in manifest: Manifest, on disk: any FileSystem
    ) throws(Refusal) -> Place {
        var chain = Chain.start(of: manifest.log)
        var last = Place(segment: 1, offset: SegmentHeader.size, position: 1)
        var ledger = ErasureLedger()
        for entry in manifest.segments {
            let content = try Refusal.ofLog { () throws(LogError) in
                try SegmentContent(entry, of: manifest.log, after: chain, on: disk)
            }
            let bytes = try Refusal.ofLog { () throws(LogError) in try content.read() }
            var scan = SegmentScan(content.header, isLast: entry.seal == nil, scrutiny: .digests)
            repeat {
                let here = Place(
                    segment: entry.number, offset: scan.offset, position: scan.nextPosition)
                if wish.isMet(by: here) {
                    guard ledger.isBalanced else { throw .erasureBehind }
                    return here
                }
                if wish.isPassed(by: here) { throw .noBoundary(before: last, after: here) }
                last = here
            } while try Refusal.ofLog { () throws(LogError) in
                try content.advance(&scan, bytes, &ledger)
            }
            chain = scan.chain
        }
        throw .behindEnd(last)
    }

    private static func loss(
        behind place: Place, on disk: any FileSystem
    ) throws(Refusal) -> Int {
        try Refusal.ofLog { () throws(LogError) in
            try failing { () throws(FileError) in
                var bytes = 0
                let paths =
                    [SegmentFile.path(place.segment)] + (try segments(behind: place, on: disk))
                for (index, path) in paths.enumerated() {
                    let content = try disk.content(of: path, limit: .max) ?? []
                    let start = min(index == 0 ? place.offset : 0, content.count)
                    bytes += content.span.endOfContent(in: start..<content.count) - start
                }
                return bytes
            }
        }
    }

    private static func segments(
        behind place: Place, on disk: any FileSystem
    ) throws(FileError) -> [String] {
        let names = try disk.names(in: SegmentFile.directory) ?? []
        return names.filter { SegmentFile.number($0).map { $0 > place.segment } == true }
            .map { "\(SegmentFile.directory)/\($0)" }
    }
}

extension SegmentContent {
    /// Takes the next commit, which must be whole to its last record; false at the segment's end.
    fileprivate func advance(
        _ scan: inout SegmentScan, _ bytes: [UInt8], _ ledger: inout ErasureLedger
    ) throws(LogError) -> Bool {
        switch scan.step(in: bytes.span) {
        case .commit(let commit):
            try events(of: FoundCommit(commit, in: bytes), into: &ledger)
            return true
        case .end(.clean), .end(.torn): return false
        case .end(.newer(let offset, let what)):
            throw .newer(segment: entry.number, offset: offset, what: what)
        case .end(.damaged(let damage)): throw .damaged(segment: entry.number, damage)
        }
    }
}

extension LogCut.Wish {
    fileprivate func isMet(by place: LogCut.Place) -> Bool {
        switch self {
        case .position(let position): place.position == position
        case .offset(let segment, let offset): place.segment == segment && place.offset == offset
        }
    }

    fileprivate func isPassed(by place: LogCut.Place) -> Bool {
        switch self {
        case .position(let position): place.position > position
        case .offset(let segment, let offset):
            place.segment > segment || place.segment == segment && place.offset > offset
        }
    }
}

extension LogCut.Refusal {
    fileprivate static func ofLog<Value>(
        _ body: () throws(LogError) -> Value
    ) throws(LogCut.Refusal) -> Value {
        do {
            return try body()
        } catch {
            throw .log(error)
        }
    }
}

extension Quarantine {
    /// Moves files here, durably.
    static func move(_ paths: [String], on disk: any FileSystem) throws(FileError) {
        guard !paths.isEmpty else { return }
        try disk.makeDirectory(directory)
        try disk.synchronizeDirectory("")
        for path in paths {
            let name = path.split(separator: "/").joined(separator: "-")
            try disk.rename(path, to: "\(directory)/\(try freeName(name, on: disk))")
        }
        for directory in [directory, Snapshots.directory, SegmentFile.directory] {
            if try disk.names(in: directory) != nil { try disk.synchronizeDirectory(directory) }
        }
        try disk.synchronizeDirectory("")
    }
}
