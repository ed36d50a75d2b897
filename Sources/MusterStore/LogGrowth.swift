package import MusterCore

/// How fast a log grows, by the times in the headers of its segments.
package enum LogGrowth {
    /// What is looked at: the last week, and no more files than these.
    static let windowSeconds: Int64 = 7 * 86_400
    static let segmentsAtMost = 64
    /// A shorter time says nothing of a day: a first import is no habit.
    static let leastSeconds: Int64 = 86_400

    /// The bytes a day of the last week, or of as much as there is; nil where that is less than a
    /// day.
    ///
    /// `bytes` is what the log holds now; only a writer's last segment is not counted in MANIFEST.
    package static func bytesADay(
        _ disk: any FileSystem, bytes: Int, at now: Timestamp
    ) throws(LogError) -> Int? {
        guard let manifest = try Manifest(reading: disk) else { return nil }
        let open = bytes - manifest.segments.reduce(0) { $0 + ($1.seal?.length ?? 0) }
        var written = 0
        var span: (bytes: Int, seconds: Int64)?
        for entry in manifest.segments.reversed().prefix(segmentsAtMost) {
            // What a damaged header said is for `verify` to tell.
            guard let created = try createdAt(entry.number, on: disk) else { break }
            written += entry.seal?.length ?? max(0, open)
            span = (written, now.seconds(since: created))
            if now.seconds(since: created) >= windowSeconds { break }
        }
        guard let span, span.seconds >= leastSeconds else { return nil }
        return Int(Double(span.bytes) * 86_400 / Double(span.seconds))
    }

    private static func createdAt(
        _ number: UInt64, on disk: any FileSystem
    ) throws(LogError) -> Timestamp? {
        let found = try failing { () throws(FileError) in
            try disk.content(of: SegmentFile.path(number), limit: SegmentHeader.size)
        }
        // As above.
        return found.flatMap { try? SegmentHeader(decoding: $0.span) }?.createdAt
    }
}

extension FileSystem {
    /// The bytes of the log's files, whatever is in them.
    package func bytesOfSegments() throws(FileError) -> Int {
        var bytes = 0
        for number in try (names(in: SegmentFile.directory) ?? []).compactMap(SegmentFile.number) {
            let file = try open(SegmentFile.path(number), .read)
            defer { close(file) }
            bytes += try size(of: file)
        }
        return bytes
    }
}
