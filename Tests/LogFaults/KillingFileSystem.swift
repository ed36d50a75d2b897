import Glibc
import MusterStore
import Synchronization

/// The host's files, in a process that counts every call and kills itself at a chosen one.
///
/// A call that writes counts twice: the process can die in front of it, and with about half of it
/// written, up to the end of a sector: the kernel looks for a kill between two pages only.
final class KillingFileSystem: FileSystem {
    private let inner: PosixFileSystem
    private let killAt: Int?
    private let counted = Mutex((calls: 0, names: [String]()))

    init(root: String, killAt: Int?) {
        inner = PosixFileSystem(root: root)
        self.killAt = killAt
    }

    /// How many places there were to die at.
    var calls: Int { counted.withLock { $0.calls } }

    /// The calls that change something, in order, by the names of the system's calls.
    var changes: [String] { counted.withLock { $0.names } }

    private func count(_ name: String? = nil) {
        let isHere = counted.withLock { counted in
            counted.calls += 1
            if let name { counted.names.append(name) }
            return counted.calls == killAt
        }
        if isHere { die() }
    }

    private func die() {
        // Nothing runs behind it: not even what Swift would do at an exit.
        _ = kill(getpid(), SIGKILL)
        while true { pause() }
    }

    func write(_ bytes: [UInt8], to file: Descriptor, at offset: Int) throws(FileError) {
        count("pwrite64")
        let isHalf = counted.withLock { counted in
            counted.calls += 1
            return counted.calls == killAt
        }
        if isHalf {
            let end = (offset + bytes.count / 2) / 512 * 512
            try inner.write(Array(bytes.prefix(max(0, end - offset))), to: file, at: offset)
            die()
        }
        try inner.write(bytes, to: file, at: offset)
    }

    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> Descriptor {
        count()
        return try inner.open(path, mode)
    }

    func close(_ file: Descriptor) { inner.close(file) }

    func lock(_ file: Descriptor) throws(FileError) -> Bool {
        count()
        return try inner.lock(file)
    }

    func size(of file: Descriptor) throws(FileError) -> Int {
        count()
        return try inner.size(of: file)
    }

    func read(_ file: Descriptor, at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        self.count()
        return try inner.read(file, at: offset, count: count)
    }

    func reserve(_ count: Int, of file: Descriptor) throws(FileError) {
        self.count("fallocate")
        try inner.reserve(count, of: file)
    }

    func truncate(_ file: Descriptor, to count: Int) throws(FileError) {
        self.count("ftruncate")
        try inner.truncate(file, to: count)
    }

    func synchronize(_ file: Descriptor) throws(FileError) {
        count("fdatasync")
        try inner.synchronize(file)
    }

    func synchronizeDirectory(_ path: String) throws(FileError) {
        count("fsync")
        try inner.synchronizeDirectory(path)
    }

    func dropCache(of file: Descriptor) throws(FileError) {
        count("fadvise64")
        try inner.dropCache(of: file)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        count("rename")
        try inner.rename(path, to: newPath)
    }

    func remove(_ path: String) throws(FileError) {
        count("unlink")
        try inner.remove(path)
    }

    func names(in directory: String) throws(FileError) -> [String]? {
        count()
        return try inner.names(in: directory)
    }

    func makeDirectory(_ path: String) throws(FileError) {
        count("mkdir")
        try inner.makeDirectory(path)
    }

    func freeBytes() throws(FileError) -> Int { try inner.freeBytes() }
}
