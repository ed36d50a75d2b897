import MusterCore
import NIOCore

/// How much of each list that is being uploaded was handed to the network; for those who watch, and
/// never in the log.
struct UploadProgress {
    /// What is told grows in steps of about so many bytes.
    static let step: UInt64 = 1 << 20

    private var sent: [RunID: UInt64] = [:]

    /// How much is told of a run; nil while nothing of it is being uploaded.
    subscript(run: RunID) -> UInt64? { sent[run] }

    /// Takes what was handed over so far, nil where the upload has ended; says whether there is
    /// something new to tell.
    mutating func note(_ bytes: UInt64?, of list: UInt64, _ run: RunID) -> Bool {
        guard let bytes else { return sent.removeValue(forKey: run) != nil }
        if let told = sent[run] {
            let isStep = bytes < told || bytes - told >= Self.step || bytes == list
            guard isStep, bytes != told else { return false }
        }
        sent[run] = bytes
        return true
    }
}

extension EngineHandle {
    /// Tells whoever follows a run how much of its list was handed over; nil ends it.
    func handedOver(_ bytes: UInt64?, of list: UInt64, _ run: RunID) {
        eventLoop.execute {
            let engine = self.value
            guard engine.uploads.note(bytes, of: list, run), engine.openStreams > 0 else { return }
            // Streams tell the state, which may hold what this turn has not made durable yet.
            engine.endTurnSoon()
        }
    }
}
