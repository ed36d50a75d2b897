import ArgumentParser
import MusterCore
import MusterStore

/// A mistake that a harness must notice; planted from outside the store, or by leaving out one of
/// the rules of a scan.
enum Bug: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// A command is acknowledged before its commit is written.
    case acknowledgedEarly
    /// A sync of a file does nothing.
    case lyingSync
    /// A sync of a directory does nothing.
    case noDirectorySync
    /// A sync that failed is tried again, and the second answer believed.
    case retriedSync
    /// A damaged commit is skipped.
    case skippedDamage
    /// Commits are not chained.
    case unchained
    /// Any bad end of the log is taken for an unfinished commit.
    case tornWithoutEmptyPart
    /// A snapshot is believed without its digest.
    case uncheckedFiles
    /// A replay leaves an event out.
    case forgottenEvent
    /// Members stand in a table that trusts digests to be uniform.
    case trustingTable
    /// A segment still names somebody who was erased.
    case slotLeft
    /// So does a snapshot.
    case snapshotLeft
    /// A commit that was erased has the checksum of before.
    case checksumLeft
    /// No event vouches for what was erased.
    case eventLeft

    /// The rules of a scan that are left.
    var rules: ScanRules {
        switch self {
        case .skippedDamage: .all.subtracting(.noSkipping)
        case .unchained: .all.subtracting(.chain)
        case .tornWithoutEmptyPart: .all.subtracting(.emptyPart)
        default: .all
        }
    }
}

/// A file system with a planted bug in its syncs.
struct BuggyFileSystem<Inner: FileSystem>: FileSystem {
    let inner: Inner
    let bug: Bug?

    func synchronize(_ file: Descriptor) throws(FileError) {
        switch bug {
        case .lyingSync: break
        case .retriedSync:
            do {
                try inner.synchronize(file)
            } catch {
                try inner.synchronize(file)
            }
        default: try inner.synchronize(file)
        }
    }

    func synchronizeDirectory(_ path: String) throws(FileError) {
        if bug != .noDirectorySync { try inner.synchronizeDirectory(path) }
    }

    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> Descriptor {
        try inner.open(path, mode)
    }

    func close(_ file: Descriptor) { inner.close(file) }

    func lock(_ file: Descriptor) throws(FileError) -> Bool { try inner.lock(file) }

    func size(of file: Descriptor) throws(FileError) -> Int { try inner.size(of: file) }

    func read(_ file: Descriptor, at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        try inner.read(file, at: offset, count: count)
    }

    func write(_ bytes: [UInt8], to file: Descriptor, at offset: Int) throws(FileError) {
        try inner.write(bytes, to: file, at: offset)
    }

    func reserve(_ count: Int, of file: Descriptor) throws(FileError) {
        try inner.reserve(count, of: file)
    }

    func truncate(_ file: Descriptor, to count: Int) throws(FileError) {
        try inner.truncate(file, to: count)
    }

    func dropCache(of file: Descriptor) throws(FileError) { try inner.dropCache(of: file) }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        try inner.rename(path, to: newPath)
    }

    func remove(_ path: String) throws(FileError) { try inner.remove(path) }

    func names(in directory: String) throws(FileError) -> [String]? {
        try inner.names(in: directory)
    }

    func makeDirectory(_ path: String) throws(FileError) { try inner.makeDirectory(path) }

    func freeBytes() throws(FileError) -> Int { try inner.freeBytes() }
}
