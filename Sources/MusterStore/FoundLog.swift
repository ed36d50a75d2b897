import MusterCore

/// The log in a directory that may be the copy of a running daemon's: MANIFEST may be older than the
/// segments beside it, and the last commit may be unfinished.
///
/// Segments that MANIFEST does not name yet count where they go on exactly where the one before
/// ends: same log, next number, next position, same chain.
struct FoundLog {
    let log: LogID
    private(set) var segments: [FoundSegment] = []
    private(set) var state = State()
    private(set) var end: Manifest.Seal
    /// The chain behind the commits that end at one of the positions asked for.
    private(set) var chains: [Position: Digest]
    private let asked: Set<Position>
    private var ledger = ErasureLedger()
    /// Behind the last whole commit that MANIFEST leads to.
    private var whole: LogCut.Place?

    /// Reads and checks everything, and changes nothing.
    init(
        _ disk: any FileSystem, chainsAt positions: Set<Position>
    ) throws(LogAdoption.Refusal) {
        let manifest: Manifest
        do {
            manifest = try Self.manifest(disk)
        } catch {
            throw LogAdoption.Refusal(error, wholeUpTo: nil)
        }
        log = manifest.log
        end = Manifest.Seal(length: 0, lastPosition: 0, chain: Chain.start(of: manifest.log))
        asked = positions
        chains = [0: end.chain]
        do {
            for entry in manifest.segments { try take(entry, isNamed: true, on: disk) }
            for number in try Self.numbers(behind: manifest.segments.count, on: disk) {
                try takeUnnamed(number, on: disk)
            }
            // One that was broken off is done to its end, and recorded, by the next start.
            if try ErasurePlan(reading: disk) == nil { try ledger.check() }
        } catch {
            throw LogAdoption.Refusal(error, wholeUpTo: whole)
        }
    }

    /// MANIFEST with all of them, each ended where its last commit ends.
    var manifest: Manifest {
        var manifest = Manifest(log: log)
        for segment in segments {
            manifest.begin(at: segment.basePosition)
            manifest.sealLast(segment.end)
        }
        return manifest
    }

    /// The unfinished commits, in the words of the event.
    var tails: [TailRepaired] {
        segments.filter { !$0.tail.isEmpty }.map { segment in
            TailRepaired(
                segment: segment.number, offset: UInt64(segment.end.length),
                bytes: UInt64(segment.tail.count), digest: Digest.sha256(segment.tail.span))
        }
    }

    private mutating func take(
        _ entry: Manifest.Entry, isNamed: Bool, on disk: any FileSystem
    ) throws(LogError) {
        let content = try SegmentContent(entry, of: log, after: end.chain, on: disk)
        if isNamed {
            whole = LogCut.Place(
                segment: entry.number, offset: SegmentHeader.size, position: entry.basePosition)
        }
        let found = try content.walk(scrutiny: .digests) { commit throws(LogError) in
            try content.events(of: commit, into: &ledger) { event, _ in state.apply(event) }
            let last = commit.header.lastPosition
            if asked.contains(last) { chains[last] = commit.header.chain }
            guard isNamed else { return }
            whole = LogCut.Place(segment: entry.number, offset: commit.end, position: last + 1)
        }
        end = found.seal
        segments.append(
            FoundSegment(
                number: entry.number, basePosition: entry.basePosition, end: end,
                tail: found.torn, isNamed: isNamed, isSealed: entry.seal != nil))
    }

    private mutating func takeUnnamed(
        _ number: UInt64, on disk: any FileSystem
    ) throws(LogError) {
        let expected = UInt64(segments.count) + 1
        guard number == expected else {
            throw .directory(number == 0 ? .segmentUnknown(0) : .segmentMissing(expected))
        }
        if let gap = gap(before: number, on: disk) { throw gap }
        try take(
            Manifest.Entry(number: number, basePosition: end.lastPosition + 1, seal: nil),
            isNamed: false, on: disk)
    }

    /// The events between the last segment and this one that are in neither.
    private func gap(before number: UInt64, on disk: any FileSystem) -> LogError? {
        // What cannot be read is told when the segment itself is.
        let bytes = try? disk.content(
            of: SegmentFile.path(number), limit: SegmentHeader.size)
        guard let bytes, let header = try? SegmentHeader(decoding: bytes.span),
            header.log == log, header.basePosition > end.lastPosition + 1, let last = segments.last
        else { return nil }
        return .damaged(
            segment: last.number,
            Damage(
                offset: end.length, firstPosition: end.lastPosition + 1,
                lastPosition: header.basePosition - 1, kind: .missing))
    }

    private static func manifest(_ disk: any FileSystem) throws(LogError) -> Manifest {
        if let manifest = try Manifest(reading: disk) { return manifest }
        let numbers = try numbers(behind: 0, on: disk)
        throw .directory(
            numbers.first.map { .manifestMissing(segment: $0) } ?? .manifest("there is none"))
    }

    /// The segments behind number `last` that hold anything, in order, and number 0.
    private static func numbers(
        behind last: Int, on disk: any FileSystem
    ) throws(LogError) -> [UInt64] {
        try failing { () throws(FileError) in
            let names = try disk.names(in: SegmentFile.directory) ?? []
            var numbers: [UInt64] = []
            for number in names.compactMap(SegmentFile.number)
            where number == 0 || number > UInt64(last) {
                let bytes = try disk.content(of: SegmentFile.path(number), limit: .max) ?? []
                let start = min(SegmentHeader.size, bytes.count)
                if bytes.span.endOfContent(in: start..<bytes.count) > start {
                    numbers.append(number)
                }
            }
            return numbers.sorted()
        }
    }
}

/// A segment of such a directory, and how it ends.
struct FoundSegment {
    let number: UInt64
    let basePosition: Position
    let end: Manifest.Seal
    /// The bytes of an unfinished commit behind its last one.
    let tail: [UInt8]
    /// Whether MANIFEST names it, and says how it ends.
    let isNamed: Bool
    let isSealed: Bool
}
