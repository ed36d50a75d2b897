package import MusterCore

/// Takes over a directory that was put back from a copy: the log gets a new id, by an event, so that
/// clients and runs can tell.
///
/// What may contradict it, MARK and snapshots of a longer log or of another history, goes to
/// `quarantine/`, and so does an unfinished commit at its end. It holds the state directory until it
/// is released.
package struct LogAdoption {
    private let disk: any FileSystem
    private let lock: DirectoryLock
    private let found: FoundLog
    private let witnesses: LogWitnesses

    /// Why a directory cannot be taken over.
    package struct Refusal: Error, Hashable, Sendable {
        package let error: LogError
        /// Behind the last whole commit before the damage, where the log can be cut.
        package let wholeUpTo: LogCut.Place?

        init(_ error: LogError, wholeUpTo place: LogCut.Place?) {
            self.error = error
            wholeUpTo = place
        }
    }

    /// Takes the state directory and looks at all of it; changes nothing.
    package init(_ disk: any FileSystem) throws(Refusal) {
        self.disk = disk
        let lock: DirectoryLock
        do {
            lock = try DirectoryLock(disk)
        } catch {
            throw Refusal(error, wholeUpTo: nil)
        }
        self.lock = lock
        do {
            let claims = try LogWitnesses.claims(on: disk)
            found = try FoundLog(disk, chainsAt: Set(claims.map(\.position)))
            witnesses = LogWitnesses(claims, of: found)
        } catch {
            lock.release()
            throw error
        }
    }

    /// Gives the state directory back.
    package func release() { lock.release() }

    /// What the log tells as it was found.
    package var state: State { found.state }
    /// The position of its last event.
    package var position: Position { found.end.lastPosition }
    /// Up to where MARK or a snapshot says that it had been durable; 0 where nothing does.
    package var durable: Position { witnesses.durable }
    /// The segments that MANIFEST does not name and that belong to it all the same.
    package var unnamedSegments: [UInt64] {
        found.segments.filter { !$0.isNamed }.map(\.number)
    }
    /// The unfinished commits to be cut off.
    package var tails: [TailRepaired] { found.tails }
    /// The files that contradict the log, to be moved to `quarantine/`.
    package var contradicting: [String] { witnesses.contradicting }

    /// What is to be recorded, in order and in one commit.
    package func facts(newLog: LogID) -> [Fact] {
        let adopted = Fact.logAdopted(LogAdopted(log: newLog, durable: durable))
        let failed = state.instances.compactMap(\.activeRun).map { run in
            Fact.syncFailed(run: run.id, class: .stale, detail: "the log was put back from a copy")
        }
        return [adopted] + tails.map { .tailRepaired($0) } + failed
    }

    /// Takes it over, and returns the position of the last event.
    ///
    /// After a crash on the way the directory tells what it told before, or is refused by a daemon
    /// until it is taken over again.
    package func perform(
        newLog: LogID, by actor: Actor, at now: Timestamp
    ) throws(LogError) -> Position {
        let facts = facts(newLog: newLog)
        var manifest = found.manifest
        let header = SegmentHeader(
            log: found.log, number: UInt64(found.segments.count) + 1,
            basePosition: position + 1, previousChain: found.end.chain, createdAt: now)
        let segment = try Self.segment(
            header, facts.map { Event(at: now, actor: actor, fact: $0) })
        manifest.begin(at: header.basePosition)
        manifest.sealLast(segment.end)
        do throws(FileError) {
            try secure()
            try cutTails()
            try disk.remove(SegmentFile.spare)
            try disk.create(SegmentFile.spare, with: segment.bytes)
            // A daemon refuses a segment that MANIFEST does not name, and `FoundLog` takes it.
            try disk.rename(SegmentFile.spare, to: SegmentFile.path(header.number))
            try disk.synchronizeDirectory(SegmentFile.directory)
            try disk.synchronizeDirectory("")
            try disk.replace(Manifest.path, with: manifest.bytes)
            // Last: until the log says that it was put back, they are what keeps a daemon from
            // going on with it.
            try Quarantine.move(contradicting, on: disk)
            var mark = try MarkFile(disk, log: found.log, after: witnesses.mark)
            defer { mark.close() }
            try mark.write(segment: header.number, end: segment.end, isClean: true)
        } catch {
            throw .failed(error)
        }
        return segment.end.lastPosition
    }

    /// Makes durable what a program that copies leaves in the host's memory.
    private func secure() throws(FileError) {
        for segment in found.segments {
            let file = try disk.open(SegmentFile.path(segment.number), .read)
            defer { disk.close(file) }
            try disk.synchronize(file)
        }
        if !found.segments.isEmpty { try disk.synchronizeDirectory(SegmentFile.directory) }
        try disk.synchronizeDirectory("")
    }

    /// Ends each open segment at its last commit; what is no zero behind it is kept.
    private func cutTails() throws(FileError) {
        for segment in found.segments where !segment.isSealed {
            if !segment.tail.isEmpty {
                try Quarantine.keep(
                    segment.tail, segment: segment.number, offset: segment.end.length, on: disk)
            }
            let file = try disk.open(SegmentFile.path(segment.number), .readWrite)
            defer { disk.close(file) }
            try disk.truncate(file, to: segment.end.length)
            try disk.synchronize(file)
        }
    }

    /// A segment that holds `events` in one commit, and how it ends.
    private static func segment(
        _ header: SegmentHeader, _ events: [Event]
    ) throws(LogError) -> (bytes: [UInt8], end: Manifest.Seal) {
        var encoder = CommitEncoder()
        do throws(EncodingFault) {
            for event in events {
                // None of them names a person, so no salt is used.
                let fits = try encoder.add(event) { Salt(first: 0, second: 0) }
                guard fits else { throw EncodingFault.eventTooLarge(bytes: encoder.length) }
            }
        } catch {
            throw .refused(error)
        }
        var commit: [UInt8] = []
        let chain = encoder.seal(
            firstPosition: header.basePosition, after: header.previousChain, seed: header.seed,
            into: &commit)
        let bytes = header.bytes + commit
        return (
            bytes,
            Manifest.Seal(
                length: bytes.count, lastPosition: header.basePosition + Position(events.count) - 1,
                chain: chain)
        )
    }
}
