/// What the store needs of a file system: the seam between it and the disk.
///
/// Paths are relative to the state directory. Every call either did what it says or throws; none is
/// tried again.
package protocol FileSystem: Sendable {
    /// Opens a regular file and never follows a link.
    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> Descriptor
    func close(_ file: Descriptor)
    /// Takes the file's exclusive lock until it is closed; false where another holds it.
    func lock(_ file: Descriptor) throws(FileError) -> Bool
    func size(of file: Descriptor) throws(FileError) -> Int
    /// Up to `count` bytes from `offset`; fewer only where the file ends.
    func read(_ file: Descriptor, at offset: Int, count: Int) throws(FileError) -> [UInt8]
    /// Writes all of `bytes`.
    func write(_ bytes: [UInt8], to file: Descriptor, at offset: Int) throws(FileError)
    /// Allocates the first `count` bytes of the file.
    func reserve(_ count: Int, of file: Descriptor) throws(FileError)
    func truncate(_ file: Descriptor, to count: Int) throws(FileError)
    /// Makes content and size durable.
    func synchronize(_ file: Descriptor) throws(FileError)
    /// Makes the names in a directory durable; the empty path is the state directory.
    func synchronizeDirectory(_ path: String) throws(FileError)
    /// Forgets what the host remembers of the file's content, so that a read asks the disk.
    func dropCache(of file: Descriptor) throws(FileError)
    func rename(_ path: String, to newPath: String) throws(FileError)
    /// Removes a file; one that is not there is no error.
    func remove(_ path: String) throws(FileError)
    /// The names in a directory, sorted, or nil where it does not exist.
    func names(in directory: String) throws(FileError) -> [String]?
    /// Makes a directory that only its owner may enter; one that exists is no error.
    func makeDirectory(_ path: String) throws(FileError)
    /// The bytes that are free to this user where the state directory lies.
    func freeBytes() throws(FileError) -> Int
}

/// An open file of one `FileSystem`.
package struct Descriptor: Hashable, Sendable {
    package let number: Int32

    package init(number: Int32) {
        self.number = number
    }
}

/// How a file is opened.
package enum OpenMode: Sendable {
    case read
    case readWrite
    /// Made where it does not exist.
    case create
    /// Made, and refused where it exists.
    case createNew
}

/// A call that failed, on what, and the system's number for why.
package struct FileError: Error, Hashable, Sendable {
    package let operation: String
    package let path: String
    package let code: Int32

    package init(_ operation: String, _ path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }
}

extension FileSystem {
    /// The whole content of a file, or nil where it does not exist.
    func content(of path: String, limit: Int) throws(FileError) -> [UInt8]? {
        let file: Descriptor
        do {
            file = try open(path, .read)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        defer { close(file) }
        return try read(file, at: 0, count: min(try size(of: file), limit))
    }

    /// Makes a new file with `bytes`, durable but for its name.
    func create(_ path: String, with bytes: [UInt8]) throws(FileError) {
        let file = try open(path, .createNew)
        defer { close(file) }
        try write(bytes, to: file, at: 0)
        try synchronize(file)
    }

    /// Replaces a file in the state directory, so that after a crash there is the old one or the
    /// new one.
    ///
    /// Where the temporary file is there already, the room it holds is used.
    func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        try overwrite(temporaryPath(of: path), with: bytes)
        try rename(temporaryPath(of: path), to: path)
        try synchronizeDirectory("")
    }

    private func overwrite(_ path: String, with bytes: [UInt8]) throws(FileError) {
        let file = try open(path, .create)
        defer { close(file) }
        try write(bytes, to: file, at: 0)
        try truncate(file, to: bytes.count)
        try synchronize(file)
    }
}

/// Where a file is written before it replaces the one at `path`.
func temporaryPath(of path: String) -> String { path + ".tmp" }
