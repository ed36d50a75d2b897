import MusterCore
import MusterStore

/// The lists of one audience at positions of its log, as an upload would send them.
struct AudienceLists {
    private let files: PosixFileSystem
    private let number: InstanceNumber

    init(_ files: PosixFileSystem, of instance: InstanceState) {
        self.files = files
        number = instance.number
    }

    /// The list at a position that is durable; a snapshot that could not be used is told.
    func list(at position: Position) throws(Failure) -> FrozenAudience {
        let source = AudienceSource(files: files, instance: number, position: position)
        let reading = try Failure.ofLog { () throws(LogError) in try source.read() }
        for fault in reading.passedOver {
            Descriptor.error.say("warning: " + fault.message.asMessage)
        }
        return reading.audience
    }

    /// The events that took people out of the list of a position since.
    func erasures(since position: Position) throws(Failure) -> [Position] {
        try Failure.ofLog { () throws(LogError) in
            try LogReader(files).erasures(of: number, since: position)
        }
    }
}

extension FrozenAudience {
    /// What is told of any list, and by whom people were erased from it since.
    func json(_ name: String, erasedBy erasures: [Position]) -> [(name: String, value: JSON)] {
        [
            ("instance", .string(name)), ("position", .number(position)),
            ("count", .number(count)), ("bytes", .number(bytes)),
            ("digest", .string(digest.hex)),
            ("erasedBy", .array(erasures.map { .number($0) })),
        ]
    }

    var words: String {
        "\(count.counted("row")), \(Int(bytes).counted("byte")), SHA-256 \(digest.hex)"
    }

    /// Writes the rows; where they turn out not to be those of the digest, the last of them are not
    /// written.
    func write(to path: String, isForced: Bool, isQuiet: Bool) throws(Failure) {
        let output = try ListOutput(path, isForced: isForced)
        var note = LiveLine.note(isQuiet: isQuiet)
        defer { note.clear() }
        var (done, chunks) = (0, chunks)
        do throws(Failure) {
            while let chunk = try Failure.ofLog({ () throws(LogError) in try chunks.next() }) {
                try output.write(chunk)
                done += chunk.count
                if output.isFile {
                    note.show("writing the list: \(Bar.counted(done: done, of: Int(bytes)))")
                }
            }
            try output.keep()
        } catch {
            throw output.discarded(error)
        }
    }
}

/// The events by which people were erased from a list since, in words; nil where there is none.
func erasureWords(_ erasures: [Position]) -> String? {
    guard !erasures.isEmpty else { return nil }
    let events = erasures.map { "\($0)" }.joined(separator: ", ")
    return "people were erased since, by event \(events): whoever of them was in it is not told"
}
