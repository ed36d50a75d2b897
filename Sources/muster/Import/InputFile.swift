import Glibc

/// A file, or standard input, read from front to back in chunks.
final class InputFile {
    private static let chunk = 256 << 10

    /// Standard input; it is not closed.
    static var standardInput: InputFile { InputFile(descriptor: 0, isOwned: false) }

    /// The bytes of a regular file from where it was opened on; nil for a pipe or a terminal.
    let size: Int?
    private(set) var bytesRead = 0
    private let descriptor: Int32
    private let isOwned: Bool

    private init(descriptor: Int32, isOwned: Bool) {
        self.descriptor = descriptor
        self.isOwned = isOwned
        let start = lseek(descriptor, 0, SEEK_CUR)
        let end = start < 0 ? -1 : lseek(descriptor, 0, SEEK_END)
        size =
            end < start || start < 0 || lseek(descriptor, start, SEEK_SET) < 0 ? nil : end - start
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
            throw .misuse("\(path) cannot be opened (error number \(errno))")
        }
        return InputFile(descriptor: descriptor, isOwned: true)
    }

    /// The next bytes; empty at the end.
    func next() throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.chunk)
        while true {
            // `read` fills at most `count` bytes, and only during the call.
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe read(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                bytesRead += count
                bytes.removeLast(bytes.count - count)
                return bytes
            }
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
