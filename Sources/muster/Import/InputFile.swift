import Glibc

/// A file, or standard input, read from front to back in chunks.
final class InputFile {
    private static let chunk = 256 << 10
    /// Milliseconds between two looks at whether to stop.
    private static let patience: Int32 = 200

    /// Standard input; it is not closed.
    static var standardInput: InputFile { InputFile(descriptor: 0, isOwned: false) }

    /// The bytes of a regular file from where it was opened on; nil for a pipe or a terminal.
    let size: Int?
    private(set) var bytesRead = 0
    private let descriptor: Int32
    private let isOwned: Bool
    private let version: Version?

    /// What tells one content of a regular file from another.
    struct Version: Hashable {
        fileprivate let inode: UInt64
        fileprivate let size: Int
        fileprivate let seconds: Int
        fileprivate let nanoseconds: Int
    }

    private init(descriptor: Int32, isOwned: Bool) {
        self.descriptor = descriptor
        self.isOwned = isOwned
        let start = lseek(descriptor, 0, SEEK_CUR)
        let end = start < 0 ? -1 : lseek(descriptor, 0, SEEK_END)
        size =
            end < start || start < 0 || lseek(descriptor, start, SEEK_SET) < 0 ? nil : end - start
        version = Self.version(of: descriptor)
    }

    deinit {
        if isOwned { close(descriptor) }
    }

    /// Opens the file at `path`; `-` is standard input.
    static func open(_ path: String) throws(Failure) -> InputFile {
        if path == "-" { return standardInput }
        // The path's bytes are read only during the call.
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT, ENOTDIR:
                throw .misuse(
                    "there is no file \(path)",
                    remedy: "Check its name; - is standard input.")
            case EACCES: throw .misuse("\(path) may not be read by this user")
            default: throw .misuse("\(path) cannot be opened (error number \(errno))")
            }
        }
        return InputFile(descriptor: descriptor, isOwned: true)
    }

    /// The content it had when it was opened; nil where it is no regular file.
    var content: Version? { version }

    /// Whether it was written to since it was opened.
    var hasChanged: Bool { version != nil && Self.version(of: descriptor) != version }

    private static func version(of descriptor: Int32) -> Version? {
        var status = stat()
        // The C function fills the structure and keeps nothing.
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        return Version(
            inode: UInt64(status.st_ino), size: Int(status.st_size),
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }

    /// Waits until there is something to read, and looks meanwhile whether to stop.
    private func wait() throws(Failure) {
        try Interruption.check()
        guard size == nil else { return }
        var asked = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            // The C function reads and fills the structure and keeps nothing.
            let ready = unsafe poll(&asked, 1, Self.patience)
            if ready > 0 || (ready < 0 && errno != EINTR) { return }
            try Interruption.check()
        }
    }

    /// The next bytes; empty at the end.
    func next() throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.chunk)
        while true {
            try wait()
            // `read` fills at most `count` bytes, and only during the call.
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe read(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                bytesRead += count
                bytes.removeLast(bytes.count - count)
                return bytes
            }
            guard errno != EISDIR else { throw .misuse("the input is a directory") }
            guard errno == EINTR else {
                throw Failure(.unforeseen, "the input cannot be read (error number \(errno))")
            }
        }
    }

    /// Everything there is, at most `limit` bytes.
    func readAll(limit: Int) throws(Failure) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let bytes = try next()
            if bytes.isEmpty { return all }
            all += bytes
            guard all.count <= limit else {
                throw .misuse("the input is longer than \(limit.grouped) bytes")
            }
        }
    }
}
