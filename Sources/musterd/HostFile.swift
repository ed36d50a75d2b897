import Glibc
import SystemPackage

/// A whole small file of the host.
enum HostFile {
    /// The bytes of the regular file at `path`, of which there may be at most `limit`.
    static func read(_ path: FilePath, limit: Int) throws(Errno) -> [UInt8] {
        do {
            // Opening a pipe would otherwise wait for its writer.
            let file = try FileDescriptor.open(
                path, .readOnly, options: [.closeOnExec, .nonBlocking])
            return try file.closeAfter {
                guard let size = try size(ofRegular: file) else { throw Errno.notSupported }
                return try read(file, size: size, limit: limit)
            }
        } catch let error as Errno {
            throw error
        } catch {
            throw .ioError
        }
    }

    private static func size(ofRegular file: FileDescriptor) throws -> Int? {
        var status = stat()
        // The call fills the structure it is given.
        guard unsafe fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        return status.st_mode & S_IFMT == S_IFREG ? status.st_size : nil
    }

    private static func read(_ file: FileDescriptor, size: Int, limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        // A credential must stay neither here nor in an array that was outgrown.
        bytes.reserveCapacity(min(size, limit) + chunk.count)
        defer { chunk.wipe() }
        while true {
            // The call fills at most the array's own bytes.
            let count = try unsafe chunk.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw Errno.fileTooLarge }
        }
    }
}
