/// Makes `spare.seg`: a file of zero bytes, written once, so that commits later change no
/// allocation.
///
/// Small steps, so that it can be done between other things or beside them; nothing else may touch
/// the file meanwhile.
package struct SegmentPreparation {
    private static let stepSize = 1 << 20

    private let disk: any FileSystem
    /// The size of the file in bytes.
    package let size: Int
    private var file: Descriptor?
    private var written = 0
    /// Whether the file is whole and durable, but for its name.
    package private(set) var isReady = false

    package init(size: Int, on disk: any FileSystem) {
        self.size = size
        self.disk = disk
    }

    /// Does the next step; where it throws, the file is gone again.
    package mutating func step() throws(LogError) {
        do {
            try advance()
        } catch {
            abandon()
            throw error.isFull ? .full : .failed(error)
        }
    }

    /// Does all that is left.
    mutating func finish() throws(LogError) {
        while !isReady { try step() }
    }

    /// The open file, which is the caller's to close.
    mutating func take() -> Descriptor? {
        defer { file = nil }
        return file
    }

    /// Closes and removes the file.
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
            // Each piece by itself: a sync of all of them at the end would stop the engine.
            try disk.synchronize(file)
            written += count
            isReady = written == size
        }
    }
}
