import MusterCore

/// A commit that was found whole, and the bytes in which it was found.
struct FoundCommit {
    private let bytes: [UInt8]
    /// As it stands in these bytes, and where they begin in the segment.
    private let found: Commit
    private let origin: Int

    init(_ commit: Commit, in bytes: [UInt8], from origin: Int = 0) {
        found = commit
        self.bytes = bytes
        self.origin = origin
    }

    var header: CommitHeader { found.header }

    /// As it stands in its segment.
    var commit: Commit { Commit(offset: offset, header: header) }
    var offset: Int { origin + found.offset }
    var end: Int { origin + found.end }

    /// As `Commit` has it.
    @discardableResult
    func events(
        through limit: Position = .max, _ body: (Event, Position) -> Void
    ) throws(LogFault) -> Int {
        try found.events(of: bytes.span, through: limit, body)
    }

    /// Calls `body` with each slot that names somebody, and where it stands in the commit.
    func slots(_ body: (Slot, Range<Int>) -> Void) throws(LogFault) {
        try found.slots(of: bytes.span) { slot in
            let start = slot.bytes.lowerBound - found.offset
            body(slot, start..<start + slot.bytes.count)
        }
    }
}

/// A part of a segment in memory that begins with a commit.
struct SegmentWindow {
    /// How much is read at once, unless one commit is larger.
    private static let size = 512 << 10

    private let bytes: [UInt8]
    private let origin: Int

    /// Reads what stands at `offset`, one whole commit at least; nil where none can be.
    init?(at offset: Int, of file: Descriptor, on disk: any FileSystem) throws(FileError) {
        var bytes = try disk.read(file, at: offset, count: Self.size)
        guard let length = Self.length(at: 0, of: bytes),
            length <= CommitFormat.length(body: CommitFormat.bodyLimit)
        else { return nil }
        if length > bytes.count { bytes = try disk.read(file, at: offset, count: length) }
        guard length <= bytes.count else { return nil }
        self.bytes = bytes
        origin = offset
    }

    /// Whether nothing but zeros follows from `offset` on.
    static func isZero(
        from offset: Int, of file: Descriptor, on disk: any FileSystem
    ) throws(FileError) -> Bool {
        var offset = offset
        while true {
            let bytes = try disk.read(file, at: offset, count: size)
            if bytes.isEmpty { return true }
            guard bytes.span.isZero(0..<bytes.count) else { return false }
            offset += bytes.count
        }
    }

    /// What a step came to.
    enum Step {
        case commit(FoundCommit)
        /// No whole commit stands there; offsets are those of the segment.
        case end(SegmentEnd)
    }

    /// Moves `scan`, which is the segment's, on by its next commit, if that is whole; nil where it is
    /// not all in the window.
    func step(_ scan: inout SegmentScan) -> Step? {
        let start = scan.offset - origin
        guard let length = Self.length(at: start, of: bytes), start + length <= bytes.count
        else { return nil }
        scan.move(by: -origin)
        defer { scan.move(by: origin) }
        switch scan.step(in: bytes.span) {
        case .commit(let commit): return .commit(FoundCommit(commit, in: bytes, from: origin))
        case .end(let end): return .end(end.moved(by: origin))
        }
    }

    /// The length that a commit at `offset` gives itself; nil where none stands.
    private static func length(at offset: Int, of bytes: [UInt8]) -> Int? {
        guard bytes.count - offset >= CommitFormat.headerSize else { return nil }
        let length: UInt32 = bytes.span.number(at: offset)
        return length > 0 ? Int(length) : nil
    }
}

extension SegmentEnd {
    fileprivate func moved(by distance: Int) -> SegmentEnd {
        switch self {
        case .clean(let offset): .clean(offset: offset + distance)
        case .torn(let offset, let bytes): .torn(offset: offset + distance, bytes: bytes)
        case .newer(let offset, let what): .newer(offset: offset + distance, what: what)
        case .damaged(let damage):
            .damaged(
                Damage(
                    offset: damage.offset + distance, firstPosition: damage.firstPosition,
                    lastPosition: damage.lastPosition, kind: damage.kind))
        }
    }
}
