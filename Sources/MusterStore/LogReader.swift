package import MusterCore

/// Reads a log without taking its directory, also while a daemon appends to it.
package struct LogReader {
    let disk: any FileSystem
    let manifest: Manifest?

    /// Reads MANIFEST; a directory without one holds an empty log.
    package init(_ disk: any FileSystem) throws(LogError) {
        self.disk = disk
        manifest = try Manifest(reading: disk)
    }

    /// Nil while the log is empty.
    package var log: LogID? { manifest?.log }

    /// An event, where it stands, and the chain behind its commit.
    package struct Entry: Hashable, Sendable {
        package let position: Position
        package let event: Event
        package let segment: UInt64
        package let offset: Int
        package let chain: Digest
    }

    /// Where the commit with position `last` ends, or the log where it ends before; nil while the
    /// log is empty.
    func end(through last: Position) throws(LogError) -> Manifest.Seal? {
        guard let segments = manifest?.segments,
            let index = segments.lastIndex(where: { $0.basePosition <= last })
        else { return nil }
        let entry = segments[index]
        if let seal = entry.seal, seal.lastPosition <= last { return seal }
        let chain = index > 0 ? segments[index - 1].seal?.chain : nil
        let content = try SegmentContent(entry, of: log, after: chain, on: disk)
        return try content.walk(through: last) { _ throws(LogError) in }.seal
    }

    /// The newest snapshot at or before `limit` that `restore` can use and whose chain the log has
    /// at its position; others are told to `passOver`.
    func newestSnapshot<Value>(
        through limit: Position, passOver: (SnapshotFault) -> Void,
        _ restore: (SnapshotContent) throws(SnapshotFault) -> Value
    ) throws(LogError) -> (header: SnapshotHeader, value: Value)? {
        let snapshots = Snapshots(disk)
        for position in try snapshots.positions() where position <= limit {
            do {
                let content = try snapshots.content(position)
                guard content.header.log == log ?? content.header.log else {
                    throw SnapshotFault(position, "it is of another log")
                }
                let end = try end(through: position)
                let reached = end?.lastPosition ?? 0
                guard reached >= position else {
                    throw LogError.directory(
                        .endLost(end: reached, durable: position, witness: "a snapshot"))
                }
                guard reached == position, end?.chain == content.header.chain else {
                    throw SnapshotFault(position, "it knows another history of the log")
                }
                return (content.header, try restore(content))
            } catch let fault as SnapshotFault {
                // Its writer may have removed it meanwhile, for newer ones.
                if try snapshots.positions().contains(position) { passOver(fault) }
            } catch let error as LogError {
                throw error
            } catch {
                preconditionFailure("nothing else is thrown")
            }
        }
        return nil
    }

    /// The state of the newest snapshot at or before `limit` that can be used, with nobody in any
    /// audience; nil where there is none.
    package func newestOutline(through limit: Position) throws(LogError) -> State? {
        // One that cannot be used costs time only, and whoever reads its people is told of it.
        try newestSnapshot(through: limit, passOver: { _ in }) { content throws(SnapshotFault) in
            content.state(
                with: content.people.map { Membership(keepsAddresses: $0.keepsAddresses) })
        }?.value
    }

    /// Calls `body` with the events from one position to another, checking every commit on the way.
    ///
    /// Give `last` where it is known to be durable: not reaching it is then damage. Without it,
    /// reading ends with the last commit that is whole. What goes wrong in a segment is thrown, or
    /// passed to `gap`, and reading goes on with the next commit that is whole in itself.
    package func forEach(
        from first: Position = 1, through last: Position? = nil,
        gap: ((LogError) -> Void)? = nil, _ body: (Entry) -> Void
    ) throws(LogError) {
        guard let manifest else { return }
        var chain: Digest? = Chain.start(of: manifest.log)
        var reached: Position = 0
        for entry in manifest.segments where entry.basePosition <= last ?? .max {
            if let seal = entry.seal, seal.lastPosition < first {
                chain = seal.chain
                continue
            }
            do {
                let end = try read(entry, after: chain, first...max(first, last ?? .max), body)
                (chain, reached) = (end.chain, end.lastPosition)
            } catch {
                guard let gap else { throw error }
                gap(error)
                readBehind(error, of: entry, first...max(first, last ?? .max), gap, body)
                chain = entry.seal?.chain
                reached = entry.seal?.lastPosition ?? last ?? 0
            }
        }
        guard let last, reached < last, let segment = manifest.segments.last else { return }
        let missing = LogError.damaged(
            segment: segment.number,
            Damage(offset: 0, firstPosition: reached + 1, lastPosition: last, kind: .missing))
        guard let gap else { throw missing }
        gap(missing)
    }

    private func read(
        _ entry: Manifest.Entry, after chain: Digest?, _ range: ClosedRange<Position>,
        _ body: (Entry) -> Void
    ) throws(LogError) -> Manifest.Seal {
        var next = range.lowerBound
        var isSecondLook = false
        while true {
            let content = try SegmentContent(entry, of: manifest?.log, after: chain, on: disk)
            let before = next
            do {
                let end = try content.walk(through: range.upperBound) { commit throws(LogError) in
                    guard commit.header.lastPosition >= next else { return }
                    try content.events(of: commit, through: range.upperBound) { event, position in
                        guard position >= next else { return }
                        body(
                            Entry(
                                position: position, event: event, segment: entry.number,
                                offset: commit.offset, chain: commit.header.chain))
                    }
                    next = min(commit.header.lastPosition, range.upperBound) + 1
                }
                return end.seal
            } catch {
                // What looks damaged at the end of an open segment may be a commit that is being
                // written just now.
                guard entry.seal == nil, !isSecondLook || next > before else { throw error }
                isSecondLook = true
            }
        }
    }
}
