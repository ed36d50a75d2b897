import Synchronization

/// The segment that is to follow, `spare.seg`, while it is made: a file of zero bytes, written once,
/// so that commits later change no allocation.
///
/// Whoever has it may do the next step: a thread beside the writer, or the writer itself when it
/// cannot wait. Each step is done by one of them alone.
package final class SpareSegment: Sendable {
    /// The size of the file in bytes.
    let size: Int
    private let preparation: Mutex<SegmentPreparation>

    init(size: Int, on disk: any FileSystem) {
        self.size = size
        preparation = Mutex(SegmentPreparation(size: size, on: disk))
    }

    /// Does the next step, and tells whether there is more to do.
    ///
    /// Where it throws, the file is gone again. After want of room the next step begins anew; after
    /// any other failure it fails as well, whoever does it: nothing is tried twice.
    package func step() throws(LogError) -> Bool {
        try preparation.withLock { made throws(LogError) in
            if let failure = made.failure { throw failure }
            guard !made.isOver, !made.isReady else { return false }
            try made.step()
            return !made.isReady
        }
    }

    /// Does all that is left.
    package func finish() throws(LogError) {
        while try step() {}
    }

    var isReady: Bool { preparation.withLock { $0.isReady } }

    /// The open file, which is the caller's to close; nobody does a step any more.
    func take() -> Descriptor? {
        preparation.withLock { made in
            made.isOver = true
            return made.take()
        }
    }

    /// Closes and removes the file; nobody does a step any more.
    func abandon() {
        preparation.withLock { made in
            made.isOver = true
            made.abandon()
        }
    }
}

private struct SegmentPreparation {
    /// Each piece is synced by itself, and what others sync meanwhile waits for it: so it is small.
    private static let stepSize = 512 << 10

    private let disk: any FileSystem
    private let size: Int
    private var file: Descriptor?
    private var written = 0
    /// Whether the file is whole and durable, but for its name.
    private(set) var isReady = false
    /// Whether it was taken or given up.
    var isOver = false
    private(set) var failure: LogError?

    init(size: Int, on disk: any FileSystem) {
        self.size = size
        self.disk = disk
    }

    /// Does the next step; where it throws, the file is gone again.
    mutating func step() throws(LogError) {
        do {
            try advance()
        } catch {
            abandon()
            if !error.isFull { failure = .failed(error) }
            throw failure ?? .full
        }
    }

    mutating func take() -> Descriptor? {
        defer { file = nil }
        return file
    }

    mutating func abandon() {
        guard let file = take() else { return }
        disk.close(file)
        // A spare that stays behind is removed before the next one is made.
        try? disk.remove(SegmentFile.spare)
        written = 0
        isReady = false
    }

    private mutating func advance() throws(FileError) {
        guard let file else {
            try disk.remove(SegmentFile.spare)
            let new = try disk.open(SegmentFile.spare, .createNew)
            file = new
            return try disk.reserve(size, of: new)
        }
        if written < size {
            let count = min(Self.stepSize, size - written)
            try disk.write([UInt8](repeating: 0, count: count), to: file, at: written)
            try disk.synchronize(file)
            written += count
            isReady = written == size
        }
    }
}
