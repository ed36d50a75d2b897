import MusterCore

/// What stands beside a log and says how far it goes: MARK and the snapshots.
struct LogWitnesses {
    /// The files that say something else than the log.
    let contradicting: [String]
    /// The mark, where it says the same as the log.
    let mark: Mark?
    /// Up to where one of this log said that it was durable; 0 where none did.
    let durable: Position

    /// One file, or the files of one snapshot.
    struct Claim {
        let paths: [String]
        let position: Position
        /// What it says the log is at the position; nil where it cannot be read.
        let log: (id: LogID, chain: Digest)?
        let mark: Mark?
    }

    init(_ claims: [Claim], of found: FoundLog) {
        let refuted = claims.filter { claim in
            guard let log = claim.log else { return true }
            return log.id != found.log || log.chain != found.chains[claim.position]
        }
        contradicting = refuted.flatMap(\.paths)
        mark = claims.compactMap(\.mark).first { mark in
            mark.log == found.log && mark.chain == found.chains[mark.position]
        }
        durable = claims.filter { $0.log?.id == found.log }.map(\.position).max() ?? 0
    }

    /// What can be found, the snapshots first.
    static func claims(on disk: any FileSystem) throws(LogAdoption.Refusal) -> [Claim] {
        do throws(LogError) {
            return try snapshots(disk) + mark(disk)
        } catch {
            throw LogAdoption.Refusal(error, wholeUpTo: nil)
        }
    }

    private static func mark(_ disk: any FileSystem) throws(LogError) -> [Claim] {
        let found: Mark?
        do {
            found = try Mark.read(disk)
        } catch .directory(.mark(let what)) where what != Mark.newer {
            return [Claim(paths: [Mark.path], position: 0, log: nil, mark: nil)]
        } catch {
            throw error
        }
        return found.map { mark in
            [
                Claim(
                    paths: [Mark.path], position: mark.position, log: (mark.log, mark.chain),
                    mark: mark)
            ]
        } ?? []
    }

    private static func snapshots(_ disk: any FileSystem) throws(LogError) -> [Claim] {
        let snapshots = Snapshots(disk)
        var claims: [Claim] = []
        for position in try snapshots.positions() {
            let paths = try failing { () throws(FileError) in try snapshots.paths(of: position) }
            claims.append(
                Claim(
                    paths: paths, position: position, log: whole(position, of: snapshots),
                    mark: nil))
        }
        return claims
    }

    /// Which log a snapshot is of; nil where it is not whole, as in a copy that was made while it
    /// was being written.
    private static func whole(
        _ position: Position, of snapshots: Snapshots
    ) -> (id: LogID, chain: Digest)? {
        // It is a cache: what is wrong with it does not matter here.
        guard let content = try? snapshots.content(position),
            (try? snapshots.state(of: content)) != nil
        else { return nil }
        return (content.header.log, content.header.chain)
    }
}
