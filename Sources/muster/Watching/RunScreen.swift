import MusterClient

/// Shows how a run that is waited for gets on: a line for each step it takes and, on a terminal, a
/// bar below them while its list is uploaded.
struct RunScreen {
    private var said: String?
    private var live = LiveLine()

    /// Shows what is new of the run.
    mutating func show(_ run: Run) throws(Failure) {
        if run.progress != said {
            live.clear()
            said = run.progress
            try Descriptor.output.line(run.progress)
        }
        if let upload = run.uploadWords {
            live.show(upload, matters: run.sent == run.bytes)
        }
    }

    /// Leaves nothing half written.
    mutating func end() { live.clear() }
}

extension Run {
    /// How much of the list was uploaded, while it is.
    var uploadWords: String? {
        guard let sent, let bytes else { return nil }
        return "\(Bar.text(done: sent, of: bytes))  \(sent.size) of \(bytes.size)"
    }
}
