package import MusterCore

/// A place in the log, from which its events are read on in pieces beside a daemon that appends.
///
/// It holds no file and no events between the pieces. Only what is in memory of one window, or of
/// one commit where that is larger, is read at a time.
package struct LogCursor: Sendable {
    /// How much is read at once, unless one commit is larger.
    private static let window = 256 << 10

    private let disk: any FileSystem
    /// The position of the next event it gives.
    package private(set) var next: Position
    /// The start of the commit that holds `next`, or of an earlier one; nil until it was sought.
    private var place: Place?

    private struct Place {
        let segment: UInt64
        var offset: Int
        /// The position and the chain with which the commit at `offset` goes on.
        var position: Position
        var chain: Digest
    }

    /// A cursor that begins with the event at `position`, at least 1.
    package init(_ disk: any FileSystem, from position: Position) {
        self.disk = disk
        next = position
    }

    /// Calls `body` with the events up to `last`, which must be durable, until it says false.
    ///
    /// The event for which it says so is given, and the next call goes on behind it.
    package mutating func read(
        through last: Position, _ body: (Event, Position) -> Bool
    ) throws(LogError) {
        var isWanted = true
        while isWanted, next <= last {
            guard let start = place else {
                place = try place(of: next)
                continue
            }
            if let end = try readSegment(of: start, through: last, &isWanted, body) {
                place = try following(end)
            }
        }
    }

    /// Reads on in one segment; gives its end where that comes before `last`.
    private mutating func readSegment(
        of start: Place, through last: Position, _ isWanted: inout Bool,
        _ body: (Event, Position) -> Bool
    ) throws(LogError) -> Place? {
        let file = try open(start.segment)
        defer { disk.close(file) }
        let log = try header(of: start.segment, in: file).log
        var place = start
        defer { self.place = place }
        while isWanted, next <= last {
            guard let bytes = try window(at: place.offset, of: file) else { return place }
            // A window is read as if the segment began just before it.
            var scan = SegmentScan(
                SegmentHeader(
                    log: log, number: place.segment, basePosition: place.position,
                    previousChain: place.chain, createdAt: Timestamp(milliseconds: 0)),
                isLast: false)
            let origin = place.offset - SegmentHeader.size
            while isWanted, next <= last, Self.holdsCommit(bytes, at: scan.offset) {
                let commit = try Self.commit(&scan, bytes, origin, place.segment)
                try give(commit, bytes, place.segment, through: last, &isWanted, body)
                guard next > commit.header.lastPosition else { break }
                place.offset = origin + scan.offset
                place.position = scan.nextPosition
                place.chain = scan.chain
            }
        }
        return nil
    }

    private mutating func give(
        _ commit: Commit, _ bytes: [UInt8], _ segment: UInt64, through last: Position,
        _ isWanted: inout Bool, _ body: (Event, Position) -> Bool
    ) throws(LogError) {
        guard commit.header.lastPosition >= next else { return }
        var next = next
        var goesOn = isWanted
        do {
            try commit.events(of: bytes.span, through: last) { event, position in
                guard goesOn, position >= next else { return }
                next = position + 1
                goesOn = body(event, position)
            }
        } catch {
            throw .damaged(
                segment: segment,
                Damage(
                    offset: commit.offset, firstPosition: commit.header.firstPosition,
                    lastPosition: commit.header.lastPosition, kind: .records))
        }
        self.next = next
        isWanted = goesOn
    }

    private static func commit(
        _ scan: inout SegmentScan, _ bytes: [UInt8], _ origin: Int, _ segment: UInt64
    ) throws(LogError) -> Commit {
        switch scan.step(in: bytes.span) {
        case .commit(let commit): return commit
        case .end(.newer(let offset, let what)):
            throw .newer(segment: segment, offset: origin + offset, what: what)
        case .end(.damaged(let damage)):
            throw .damaged(
                segment: segment,
                Damage(
                    offset: origin + damage.offset, firstPosition: damage.firstPosition,
                    lastPosition: damage.lastPosition, kind: damage.kind))
        case .end(.clean(let offset)), .end(.torn(let offset, _)):
            throw missing(segment, origin + offset, scan.nextPosition)
        }
    }

    private static func missing(
        _ segment: UInt64, _ offset: Int, _ position: Position
    ) -> LogError {
        .damaged(
            segment: segment,
            Damage(offset: offset, firstPosition: position, lastPosition: nil, kind: .missing))
    }

    /// Whether a whole commit, or what claims to be one, stands there.
    private static func holdsCommit(_ bytes: [UInt8], at offset: Int) -> Bool {
        guard bytes.count - offset >= CommitFormat.headerSize else { return false }
        let length: UInt32 = bytes.span.number(at: offset)
        return length > 0 && Int(length) <= bytes.count - offset
    }

    /// The bytes from `offset` on, with room for a segment's header before them and one whole commit
    /// at least; nil where no commit follows.
    private func window(at offset: Int, of file: Descriptor) throws(LogError) -> [UInt8]? {
        let head = [UInt8](repeating: 0, count: SegmentHeader.size)
        var bytes = try head + read(file, at: offset, count: Self.window)
        guard bytes.count - head.count >= CommitFormat.headerSize else { return nil }
        let length = Int(bytes.span.number(at: head.count) as UInt32)
        guard length > 0 else { return nil }
        if length > bytes.count - head.count {
            guard length <= CommitFormat.length(body: CommitFormat.bodyLimit) else { return nil }
            bytes = try head + read(file, at: offset, count: length)
        }
        return bytes.count - head.count >= length ? bytes : nil
    }
}

extension LogCursor {
    /// The first commit of the segment that holds `position`.
    private func place(of position: Position) throws(LogError) -> Place {
        let manifest = try Manifest(reading: disk)
        guard let entry = manifest?.segments.last(where: { $0.basePosition <= position }) else {
            throw Self.missing(1, 0, position)
        }
        let file = try open(entry.number)
        defer { disk.close(file) }
        let header = try header(of: entry.number, in: file)
        guard header.log == manifest?.log, header.basePosition == entry.basePosition else {
            throw .directory(.segmentHeader(entry.number, "its header belongs elsewhere"))
        }
        return Place(
            segment: entry.number, offset: SegmentHeader.size, position: header.basePosition,
            chain: header.previousChain)
    }

    /// The start of the segment behind the one that ended at `place`, which it must continue.
    private func following(_ place: Place) throws(LogError) -> Place {
        let next = try self.place(of: self.next)
        guard next.segment == place.segment + 1, next.position == place.position,
            next.chain == place.chain
        else { throw Self.missing(place.segment, place.offset, place.position) }
        return next
    }

    private func header(
        of number: UInt64, in file: Descriptor
    ) throws(LogError) -> SegmentHeader {
        let bytes = try read(file, at: 0, count: SegmentHeader.size)
        do throws(LogFault) {
            let header = try SegmentHeader(decoding: bytes.span)
            guard header.number == number else { throw .malformed("it belongs elsewhere") }
            return header
        } catch {
            switch error {
            case .newer(let what): throw .newer(segment: number, offset: 8, what: what)
            case .malformed(let what): throw .directory(.segmentHeader(number, what))
            }
        }
    }

    private func open(_ number: UInt64) throws(LogError) -> Descriptor {
        try failing { () throws(FileError) in try disk.open(SegmentFile.path(number), .read) }
    }

    private func read(
        _ file: Descriptor, at offset: Int, count: Int
    ) throws(LogError) -> [UInt8] {
        try failing { () throws(FileError) in try disk.read(file, at: offset, count: count) }
    }
}
