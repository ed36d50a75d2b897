/// Where a list of people goes: a stream as it comes, or a file that is there when it is whole.
struct ListOutput {
    private enum Target {
        case stream(Descriptor)
        case file(NewFile)
    }

    private let path: String
    private let target: Target

    /// Begins it; on a terminal or over a file that is there only where that is `isForced`.
    ///
    /// From here on Ctrl-C is noted, and stops what is written to a file.
    init(_ path: String, isForced: Bool) throws(Failure) {
        self.path = path
        if !Self.isFile(path) {
            let stream = path == "-" ? Descriptor.output : try .file(path, replacing: true)
            try Self.mustTake(stream, isForced: isForced)
            target = .stream(stream)
        } else {
            // Before there is a file that a signal would leave behind.
            Interruption.watch()
            target = .file(try NewFile(path, replacing: isForced))
        }
    }

    /// Whether a list of this name is a file, which can be taken back.
    static func isFile(_ path: String) -> Bool { path != "-" && !NewFile.isStream(path) }

    /// Refuses a terminal, where that is not `isForced`.
    static func mustTake(_ stream: Descriptor, isForced: Bool) throws(Failure) {
        guard !isForced, stream.isTerminal else { return }
        throw .listOnTerminal
    }

    /// Tells how many bytes will be written, about.
    func expect(_ bytes: Int) {
        if case .file(let file) = target { file.reserve(bytes) }
    }

    func write(_ bytes: [UInt8]) throws(Failure) {
        switch target {
        case .stream(let stream): try stream.write(bytes: bytes)
        case .file(let file):
            try Interruption.check()
            try file.write(bytes)
        }
    }

    /// Takes back what was written to a file, which is then written anew.
    func restart() throws(Failure) {
        guard case .file(let file) = target else { return }
        try file.restart()
    }

    /// Ends it: a file gets its name.
    func keep() throws(Failure) {
        guard case .file(let file) = target else { return }
        try Interruption.check()
        try file.keep()
    }

    /// Takes back what a file has of it, and says what to tell of the failure.
    func discarded(_ error: Failure) -> Failure {
        guard case .file(let file) = target else { return error }
        file.discard()
        let isStopped = error.status == .interrupted || error.status == .terminated
        return isStopped ? Failure(error.status, "stopped; \(path) was not written") : error
    }
}
