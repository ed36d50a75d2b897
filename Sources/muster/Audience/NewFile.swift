import Glibc

/// A file that comes to be whole or not at all: what is written has another name until it is kept.
struct NewFile {
    private let path: String
    private let temporary: String
    private let number: Int32

    /// Begins a file of mode 0600 that takes the name `path` in the end; one that is there is
    /// refused unless it is to be replaced.
    init(_ path: String, replacing: Bool) throws(Failure) {
        self.path = path
        temporary = "\(path).\(getpid()).part"
        var status = stat()
        // The C function reads the path's bytes, fills the structure and keeps neither.
        if !replacing, unsafe lstat(path, &status) == 0 {
            throw .misuse("\(path) is there already; --force writes over it")
        }
        // As above.
        number = unsafe open(
            temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else { throw Self.failure(path) }
    }

    /// Writes all of `bytes`.
    func write(_ bytes: [UInt8]) throws(Failure) {
        var done = 0
        while done < bytes.count {
            // `write` reads the bytes behind the pointer only during the call.
            let count = unsafe bytes[done...].withUnsafeBytes {
                unsafe Glibc.write(number, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw Self.failure(path)
            }
        }
    }

    /// Makes it durable and gives it its name.
    func keep() throws(Failure) {
        guard fsync(number) == 0 else { throw Self.failure(path) }
        // The C function reads both paths' bytes and keeps nothing.
        guard unsafe rename(temporary, path) == 0 else { throw Self.failure(path) }
        close(number)
    }

    /// Takes back what was written, where it was not kept.
    func discard() {
        close(number)
        // The C function reads the path's bytes and keeps nothing.
        unsafe unlink(temporary)
    }

    /// What the last call's error number means for the file.
    private static func failure(_ path: String) -> Failure {
        let code = errno
        let status: ExitStatus =
            switch code {
            case EACCES, EPERM, EROFS: .access
            case ENOENT, ENOTDIR, ENAMETOOLONG, EISDIR, EEXIST: .misuse
            default: .unforeseen
            }
        return Failure(
            status, "\(path) cannot be written: \(reason(code)); nothing of it was kept")
    }

    /// What an error number of a call that writes means.
    static func reason(_ code: Int32) -> String {
        switch code {
        case ENOSPC, EDQUOT: "no space is left"
        case EFBIG: "it would be larger than a file may be"
        case EACCES, EPERM: "permission denied"
        case EROFS: "the file system is read-only"
        case ENOENT, ENOTDIR: "there is no such directory"
        case ENAMETOOLONG: "the name is too long"
        case EISDIR, EEXIST: "something else has this name"
        case EIO: "the device failed"
        default: "error number \(code)"
        }
    }

    /// Whether a name stands for a pipe, a terminal or a device, to which one can only write.
    static func isStream(_ path: String) -> Bool {
        var status = stat()
        // The C function reads the path's bytes, fills the structure and keeps neither.
        guard unsafe stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
    }
}
