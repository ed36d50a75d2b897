package import MusterCore

/// A place in the log, from which its events are read on in pieces beside a daemon that appends.
///
/// It holds no file and no events between the pieces. Only what is in memory of one window, or of
/// one commit where that is larger, is read at a time.
package struct LogCursor: Sendable {
    private let disk: any FileSystem
    /// The position of the next event it gives.
    package private(set) var next: Position
    /// The start of the commit that holds `next`, or of an earlier one; nil until it was sought.
    private var place: Place?

    private struct Place {
        let segment: UInt64
        var scan: SegmentScan

        init(startOf header: SegmentHeader) {
            segment = header.number
            scan = SegmentScan(header, isLast: false)
        }
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
        var now = start
        defer { place = now }
        while isWanted, next <= last {
            let window = try failing { () throws(FileError) in
                try SegmentWindow(at: now.scan.offset, of: file, on: disk)
            }
            guard let window else { return now }
            var behind = now.scan
            while isWanted, next <= last, let step = window.step(&behind) {
                let commit = try Self.commit(step, now)
                try give(commit, now.segment, through: last, &isWanted, body)
                guard next > commit.header.lastPosition else { break }
                now.scan = behind
            }
        }
        return nil
    }

    private mutating func give(
        _ commit: FoundCommit, _ segment: UInt64, through last: Position, _ isWanted: inout Bool,
        _ body: (Event, Position) -> Bool
    ) throws(LogError) {
        guard commit.header.lastPosition >= next else { return }
        var next = next
        var goesOn = isWanted
        do {
            try commit.events(through: last) { event, position in
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
        _ step: SegmentWindow.Step, _ place: Place
    ) throws(LogError) -> FoundCommit {
        switch step {
        case .commit(let commit): return commit
        case .end(.newer(let offset, let what)):
            throw .newer(segment: place.segment, offset: offset, what: what)
        case .end(.damaged(let damage)): throw .damaged(segment: place.segment, damage)
        case .end(.clean(let offset)), .end(.torn(let offset, _)):
            throw missing(place.segment, offset, place.scan.nextPosition)
        }
    }

    private static func missing(
        _ segment: UInt64, _ offset: Int, _ position: Position
    ) -> LogError {
        .damaged(
            segment: segment,
            Damage(offset: offset, firstPosition: position, lastPosition: nil, kind: .missing))
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
        return Place(startOf: header)
    }

    /// The start of the segment behind the one that ended at `place`, which it must continue.
    private func following(_ place: Place) throws(LogError) -> Place {
        let next = try self.place(of: self.next)
        let end = place.scan
        guard next.segment == place.segment + 1, next.scan.nextPosition == end.nextPosition,
            next.scan.chain == end.chain
        else { throw Self.missing(place.segment, end.offset, end.nextPosition) }
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
