import MusterStore
import Synchronization

/// The host's files, where a test can see every sync, and make calls fail.
final class WatchedFileSystem: FileSystem {
    private struct State {
        var synchronizations = 0
        var failing: Set<String> = []
        var open: Set<Descriptor> = []
        var strayCloses = 0
    }

    private let files: PosixFileSystem
    private let state = Mutex(State())

    init(root: String) {
        files = PosixFileSystem(root: root)
    }

    /// How often a file was synced.
    var synchronizations: Int { state.withLock { $0.synchronizations } }

    /// How often a number was closed that was none of these files any more.
    var strayCloses: Int { state.withLock { $0.strayCloses } }

    /// How many files are open.
    var openCount: Int { state.withLock { $0.open.count } }

    /// From now on calls of this name fail: `fdatasync` for want of a disk, `allocate` for want of
    /// room.
    func fail(_ operation: String) { state.withLock { _ = $0.failing.insert(operation) } }

    func recover() { state.withLock { $0.failing = [] } }

    private func check(_ operation: String, code: Int32) throws(FileError) {
        if state.withLock({ $0.failing.contains(operation) }) {
            throw FileError(operation, "", code: code)
        }
    }

    func synchronize(_ file: Descriptor) throws(FileError) {
        state.withLock { $0.synchronizations += 1 }
        try check("fdatasync", code: 5)
        try files.synchronize(file)
    }

    func reserve(_ count: Int, of file: Descriptor) throws(FileError) {
        try check("allocate", code: 28)
        try files.reserve(count, of: file)
    }

    func write(_ bytes: [UInt8], to file: Descriptor, at offset: Int) throws(FileError) {
        try check("write", code: 28)
        try files.write(bytes, to: file, at: offset)
    }

    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> Descriptor {
        let file = try files.open(path, mode)
        state.withLock { _ = $0.open.insert(file) }
        return file
    }

    func close(_ file: Descriptor) {
        let isOpen = state.withLock { state in
            if state.open.remove(file) != nil { return true }
            state.strayCloses += 1
            return false
        }
        // A stray close would end some other test's file.
        if isOpen { files.close(file) }
    }

    func lock(_ file: Descriptor) throws(FileError) -> Bool { try files.lock(file) }

    func size(of file: Descriptor) throws(FileError) -> Int { try files.size(of: file) }

    func read(_ file: Descriptor, at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        try files.read(file, at: offset, count: count)
    }

    func truncate(_ file: Descriptor, to count: Int) throws(FileError) {
        try files.truncate(file, to: count)
    }

    func synchronizeDirectory(_ path: String) throws(FileError) {
        try files.synchronizeDirectory(path)
    }

    func dropCache(of file: Descriptor) throws(FileError) { try files.dropCache(of: file) }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        try files.rename(path, to: newPath)
    }

    func remove(_ path: String) throws(FileError) { try files.remove(path) }

    func names(in directory: String) throws(FileError) -> [String]? {
        try files.names(in: directory)
    }

    func makeDirectory(_ path: String) throws(FileError) { try files.makeDirectory(path) }

    func freeBytes() throws(FileError) -> Int {
        try check("statvfs", code: 5)
        return try files.freeBytes()
    }
}
