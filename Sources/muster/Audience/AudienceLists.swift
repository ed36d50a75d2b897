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
        let reading = try Failure.ofLog { () throws(LogError) in try source(position).read() }
        return Self.told(reading)
    }

    /// Writes the list at a position and gives what `proof` says of it; where that throws, nothing of
    /// the list is kept.
    ///
    /// A stream takes nothing back, so the list is read once before the first byte goes there; a
    /// file is written while it is read.
    func write<Proof>(
        at position: Position, to path: String, isForced: Bool, isQuiet: Bool,
        proof: (FrozenAudience) throws(Failure) -> Proof
    ) throws(Failure) -> Proof {
        guard ListOutput.isFile(path) else {
            let list = try list(at: position)
            let proof = try proof(list)
            try list.write(to: try ListOutput(path, isForced: isForced))
            return proof
        }
        let reading = try Failure.ofLog { () throws(LogError) in try source(position).begin() }
        let output = try ListOutput(path, isForced: isForced)
        do throws(Failure) {
            let proof = try proof(try Self.write(reading, to: output, isQuiet: isQuiet))
            try output.keep()
            return proof
        } catch {
            throw output.discarded(error)
        }
    }

    private static func write(
        _ begun: ListReading, to output: ListOutput, isQuiet: Bool
    ) throws(Failure) -> FrozenAudience {
        var reading = begun
        var note = LiveLine.note(isQuiet: isQuiet)
        defer { note.clear() }
        if let bytes = reading.likelyBytes { output.expect(bytes) }
        while let piece = try Failure.ofLog({ () throws(LogError) in try reading.next() }) {
            switch piece {
            case .rows(let rows): try output.write(rows)
            case .anew: try output.restart()
            }
            note.show(
                "writing the list: \(Bar.text(done: reading.count, of: reading.likelyCount))")
        }
        return told(try Failure.ofLog { () throws(LogError) in try reading.finished() })
    }

    private func source(_ position: Position) -> AudienceSource {
        AudienceSource(files: files, instance: number, position: position)
    }

    private static func told(_ reading: AudienceReading) -> FrozenAudience {
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

    /// Writes the rows to a stream; where they turn out not to be those of the digest, the last of
    /// them are not written.
    fileprivate func write(to output: ListOutput) throws(Failure) {
        var chunks = chunks
        while let chunk = try Failure.ofLog({ () throws(LogError) in try chunks.next() }) {
            try output.write(chunk)
        }
    }
}

/// The events by which people were erased from a list since, in words; nil where there is none.
func erasureWords(_ erasures: [Position]) -> String? {
    guard !erasures.isEmpty else { return nil }
    let events = erasures.map { "\($0)" }.joined(separator: ", ")
    return "people were erased since, by event \(events): whoever of them was in it is not told"
}
