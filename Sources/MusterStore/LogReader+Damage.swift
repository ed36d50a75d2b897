import MusterCore

extension LogReader {
    /// Calls `body` with the events behind a damaged commit of a segment, as far as their commits
    /// are whole in themselves, and `gap` with what else is wrong there.
    func readBehind(
        _ error: LogError, of entry: Manifest.Entry, _ range: ClosedRange<Position>,
        _ gap: (LogError) -> Void, _ body: (Entry) -> Void
    ) {
        guard case .damaged(_, var damage) = error, damage.kind != .missing else { return }
        // What keeps the segment from being read at all was told before.
        guard let content = try? SegmentContent(entry, of: manifest?.log, after: nil, on: disk),
            let bytes = try? content.read()
        else { return }
        var scan = SegmentScan(content.header, isLast: entry.seal == nil)
        while scan.resume(behind: damage, in: bytes.span) {
            guard let next = walk(&scan, content, bytes, range, gap, body) else { return }
            gap(.damaged(segment: entry.number, next))
            damage = next
        }
    }

    /// The damage that the walk ends at, or nil where it ends otherwise.
    private func walk(
        _ scan: inout SegmentScan, _ content: SegmentContent, _ bytes: [UInt8],
        _ range: ClosedRange<Position>,
        _ gap: (LogError) -> Void, _ body: (Entry) -> Void
    ) -> Damage? {
        let segment = content.entry.number
        while scan.nextPosition <= range.upperBound {
            switch scan.step(in: bytes.span) {
            case .commit(let commit):
                do throws(LogError) {
                    try content.events(
                        of: FoundCommit(commit, in: bytes), through: range.upperBound
                    ) { event, position in
                        guard range.contains(position) else { return }
                        body(
                            Entry(
                                position: position, event: event, segment: segment,
                                offset: commit.offset, chain: commit.header.chain))
                    }
                } catch {
                    gap(error)
                }
            case .end(.damaged(let damage)): return damage
            case .end(.newer(let offset, let what)):
                gap(.newer(segment: segment, offset: offset, what: what))
                return nil
            case .end(.clean), .end(.torn): return nil
            }
        }
        return nil
    }
}
