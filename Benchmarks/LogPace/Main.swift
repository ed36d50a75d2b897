import ArgumentParser
import MusterCore
import MusterStore

/// Times the log's writer by itself: commits of about 1 MiB, in turn with as many bytes that are only
/// written and synced, both into files that were written before.
@main
struct LogPace: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-pace",
        abstract: "Times commits of 1 MiB beside the same writes without a log.",
        discussion:
            "Prints a JSON object: the bytes of a commit, and the seconds of each of both kinds.")

    @Argument(help: "An empty directory on the disk that is meant.")
    var directory: String

    @Option(help: "How many of each kind.")
    var commits = 200

    /// What makes a commit of a megabyte.
    private static let members = 32_760
    private static let room = 64 << 10

    func validate() throws {
        guard commits > 0 else { throw ValidationError("Time one commit at least.") }
    }

    func run() throws {
        let disk = PosixFileSystem(root: directory)
        let event = Self.event()
        let size = (commits + 2) * ((1 << 20) + Self.room)
        let opened = try EventLog.open(
            disk, newLog: LogID(high: 1, low: 1), sizes: SegmentSizes([size], reserve: 0),
            replay: { _, _ in })
        try opened.log.ensureRoom(for: size - Self.room)
        // The first one makes the segment, and the second one tells the size; neither is timed.
        try append(event, to: opened.log)
        let before = opened.log.head.bytes
        try append(event, to: opened.log)
        let bytes = [UInt8](repeating: 7, count: opened.log.head.bytes - before)
        let plain = try Self.writtenBefore(disk, count: bytes.count * commits)
        var logged: [Double] = []
        var written: [Double] = []
        for index in 0..<commits {
            logged.append(try Self.seconds { try append(event, to: opened.log) })
            written.append(
                try Self.seconds {
                    try disk.write(bytes, to: plain, at: index * bytes.count)
                    try disk.synchronize(plain)
                })
        }
        print(#"{"bytes": \#(bytes.count), "log": \#(logged), "plain": \#(written)}"#)
    }

    /// Many people come at once, whose digests are as uniform as real ones.
    private static func event() -> Event {
        let digests = (0..<members).map { Digest.sha256(Array("\($0)".utf8)) }
        return Event(
            at: Timestamp(milliseconds: 1), actor: .daemon,
            fact: .membersAdded(
                MembersChanged(instance: 1, identities: .digests(digests), unchanged: 0)))
    }

    private func append(_ event: Event, to log: EventLog) throws {
        var random = SystemRandomNumberGenerator()
        _ = try log.append([event]) { Salt(first: random.next(), second: random.next()) }
    }

    private static func writtenBefore(_ disk: PosixFileSystem, count: Int) throws -> Descriptor {
        let file = try disk.open("plain", .createNew)
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        for offset in stride(from: 0, to: count, by: zeros.count) {
            try disk.write(zeros, to: file, at: offset)
        }
        try disk.synchronize(file)
        return file
    }

    private static func seconds(_ body: () throws -> Void) throws -> Double {
        let begin = ContinuousClock.now
        try body()
        return (ContinuousClock.now - begin) / .seconds(1)
    }
}
