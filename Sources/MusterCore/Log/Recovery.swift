// Which commits a segment holds, and how it ends.
//
// A commit counts if its header and body checksums are right, its lengths agree, its padding is
// zero and its magics stand, and if it continues the positions and the chain of what stands before
// it. Where the next commit does not count, the segment ends in one of four ways:
//
//     clean     the file ends, or zero bytes follow to its end
//     torn      the last segment only: a commit was being written when the host or the process stopped
//     newer     its header is right, but carries a flag that this version does not know
//     damaged   everything else
//
// Torn means all of these:
// - The segment is the log's last, and no header with a right checksum stands anywhere behind. A
//   commit is written only when the one before is durable, so an unfinished one has nothing behind
//   it.
// - Part of the commit was never written: of the 512-byte sectors it touches, one holds nothing but
//   zero in the commit's part of it. (Commit.swift says why this cannot be so in a finished one.)
//   Where the header's checksum is right, its length says how far the commit reaches, and it must
//   not be an erased one; where it is wrong, an unfinished header is the only reason allowed, so
//   the header itself must have the empty part.
// - It stands above MARK (the reader of the file decides that).

/// How far the checks of a commit go.
package enum Scrutiny: Sendable {
    /// Checksums, positions and the chain over the digests the headers carry: enough against any
    /// accident.
    case checksums
    /// The bytes against those digests too, which also shows an edit made with a right checksum.
    case digests
}

/// The rules of a scan that keep it from taking damage for something else.
///
/// Everything that reads a log keeps all of them. They can be left out so that the harnesses of
/// these rules can be seen to go red without one.
package struct ScanRules: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// A commit continues the chain before it.
    package static let chain = ScanRules(rawValue: 1)
    /// Only a commit with an empty part is unfinished.
    package static let emptyPart = ScanRules(rawValue: 2)
    /// A scan ends at damage.
    package static let noSkipping = ScanRules(rawValue: 4)

    package static let all: ScanRules = [.chain, .emptyPart, .noSkipping]
}

/// One step of a scan.
package enum ScanStep: Hashable, Sendable {
    case commit(Commit)
    case end(SegmentEnd)
}

/// How a segment ends, at an offset.
package enum SegmentEnd: Hashable, Sendable {
    case clean(offset: Int)
    /// The unfinished commit is `bytes` long, up to its last byte that is not zero.
    case torn(offset: Int, bytes: Int)
    case newer(offset: Int, what: String)
    case damaged(Damage)
}

/// What is wrong with a segment, where, and which events are concerned.
package struct Damage: Hashable, Sendable {
    package let offset: Int
    /// The first position that cannot be read.
    package let firstPosition: Position
    /// The last one, where something behind tells it.
    package let lastPosition: Position?
    package let kind: DamageKind

    package init(
        offset: Int, firstPosition: Position, lastPosition: Position?, kind: DamageKind
    ) {
        self.offset = offset
        self.firstPosition = firstPosition
        self.lastPosition = lastPosition
        self.kind = kind
    }
}

/// The closed set of damages to a commit.
package enum DamageKind: String, Hashable, Sendable {
    case header = "the commit's header is not intact"
    case lengths = "the commit's lengths contradict each other"
    case body = "the commit's content does not match its checksum"
    case padding = "the commit is not padded as it must be"
    case position = "the commit does not continue the positions before it"
    case chain = "the commit does not continue the chain before it"
    case digests = "the commit's content does not match its digests"
    case records = "the commit's records cannot be read"
    case behindEnd = "bytes stand behind the segment's last commit"
    case missing = "commits are missing at the segment's end"
    case erasure = "people were erased from the commit, and the events of the log do not say so"
    case durable = "the commit is not whole, though MARK says that it was durable"
}

/// Walks over the commits of a segment whose bytes are in memory.
package struct SegmentScan: Sendable {
    private let seed: UInt32
    private let isLast: Bool
    private let scrutiny: Scrutiny
    private let rules: ScanRules
    /// Where the next commit begins.
    package private(set) var offset = SegmentHeader.size
    /// The position of the next event.
    package private(set) var nextPosition: Position
    /// The chain so far.
    package private(set) var chain: Digest
    private var isChainKnown = true

    /// A scan from behind `header`, which must be the segment's.
    package init(
        _ header: SegmentHeader, isLast: Bool, scrutiny: Scrutiny = .checksums,
        rules: ScanRules = .all
    ) {
        self.rules = rules
        seed = header.seed
        self.isLast = isLast
        self.scrutiny = scrutiny
        nextPosition = header.basePosition
        chain = header.previousChain
    }

    /// Counts offsets from as many bytes later in the segment, for bytes that begin elsewhere.
    package mutating func move(by distance: Int) { offset += distance }

    /// The next commit, or how the segment ends; `bytes` are the segment's, from its first byte.
    package mutating func step(in bytes: Span<UInt8>) -> ScanStep {
        let step = stepOnce(in: bytes)
        guard !rules.contains(.noSkipping), case .end(.damaged(let damage)) = step,
            resume(behind: damage, in: bytes)
        else { return step }
        return self.step(in: bytes)
    }

    private mutating func stepOnce(in bytes: Span<UInt8>) -> ScanStep {
        guard let header = CommitHeader(at: offset, of: bytes, seed: seed) else {
            return .end(endWithoutHeader(bytes))
        }
        guard header.flags & ~CommitFormat.erased == 0 else {
            return .end(.newer(offset: offset, what: "commit flags \(header.flags)"))
        }
        guard header.isConsistent, header.length <= bytes.count - offset else {
            return .end(damaged(.lengths, header))
        }
        let commit = Commit(offset: offset, header: header)
        guard isIntact(commit, in: bytes) else { return .end(endInside(commit, bytes)) }
        if let kind = disagreement(commit, in: bytes) { return .end(damaged(kind, header)) }
        offset += header.length
        nextPosition += Position(header.count)
        chain = header.chain
        isChainKnown = true
        return .commit(commit)
    }

    /// Goes on behind damage at the next header with a right checksum; false where there is none.
    ///
    /// For people who look at a damaged log: whether that commit continues the chain cannot be
    /// told.
    package mutating func resume(behind damage: Damage, in bytes: Span<UInt8>) -> Bool {
        var candidate = damage.offset + 8
        while candidate + CommitFormat.headerSize <= bytes.count {
            if let header = CommitHeader(at: candidate, of: bytes, seed: seed),
                header.firstPosition > damage.firstPosition
            {
                (offset, nextPosition) = (candidate, header.firstPosition)
                isChainKnown = false
                return true
            }
            candidate += 8
        }
        return false
    }

    private func isIntact(_ commit: Commit, in bytes: Span<UInt8>) -> Bool {
        let body = bytes.extracting(commit.records.lowerBound..<commit.end)
        return CRC32C.checksum(of: body, seed: seed) == commit.header.bodyChecksum
    }

    private func disagreement(_ commit: Commit, in bytes: Span<UInt8>) -> DamageKind? {
        let header = commit.header
        let trailer = commit.end - CommitFormat.trailerSize
        guard bytes.isZero(commit.identities.upperBound..<trailer),
            bytes.number(at: trailer) == CommitFormat.endMagic
        else { return .padding }
        guard header.firstPosition == nextPosition else { return .position }
        let next = Chain.next(
            after: chain, firstPosition: header.firstPosition, count: header.count,
            records: header.recordsDigest, identities: header.identitiesDigest)
        guard !isChainKnown || header.chain == next || !rules.contains(.chain) else {
            return .chain
        }
        guard scrutiny == .digests else { return nil }
        let records = Digest.sha256(bytes.extracting(commit.records))
        let identities = Digest.sha256(bytes.extracting(commit.identities))
        let identitiesAgree = header.isErased || identities == header.identitiesDigest
        return records == header.recordsDigest && identitiesAgree ? nil : .digests
    }

    private func endWithoutHeader(_ bytes: Span<UInt8>) -> SegmentEnd {
        let end = bytes.endOfContent(in: min(offset, bytes.count)..<bytes.count)
        guard end > offset else { return .clean(offset: offset) }
        let extent = offset..<min(offset + CommitFormat.headerSize, bytes.count)
        let later = header(from: offset + 8, in: bytes)
        guard isLast, later == nil, hasEmptyPart(extent, of: bytes) else {
            return .damaged(
                Damage(
                    offset: offset, firstPosition: nextPosition,
                    lastPosition: later.map { $0.firstPosition &- 1 }, kind: .header))
        }
        return .torn(offset: offset, bytes: end - offset)
    }

    private func endInside(_ commit: Commit, _ bytes: Span<UInt8>) -> SegmentEnd {
        let header = commit.header
        let isUnfinished = !header.isErased && hasEmptyPart(offset..<commit.end, of: bytes)
        guard isLast, isUnfinished, self.header(from: commit.end, in: bytes) == nil else {
            return damaged(.body, header)
        }
        let end = bytes.endOfContent(in: offset..<bytes.count)
        return .torn(offset: offset, bytes: end - offset)
    }

    private func damaged(_ kind: DamageKind, _ header: CommitHeader) -> SegmentEnd {
        .damaged(
            Damage(
                offset: offset, firstPosition: nextPosition,
                lastPosition: header.lastPosition >= nextPosition ? header.lastPosition : nil,
                kind: kind))
    }

    /// Whether the part of `extent` in one of the sectors it touches is all zero.
    private func hasEmptyPart(_ extent: Range<Int>, of bytes: Span<UInt8>) -> Bool {
        guard rules.contains(.emptyPart) else { return true }
        var start = extent.lowerBound
        while start < extent.upperBound {
            let sectorEnd = (start / CommitFormat.sectorSize + 1) * CommitFormat.sectorSize
            let end = min(sectorEnd, extent.upperBound)
            if bytes.isZero(start..<end) { return true }
            start = end
        }
        return false
    }

    private func header(from start: Int, in bytes: Span<UInt8>) -> CommitHeader? {
        var candidate = start
        while candidate + CommitFormat.headerSize <= bytes.count {
            if let header = CommitHeader(at: candidate, of: bytes, seed: seed) { return header }
            candidate += 8
        }
        return nil
    }
}
