import CMuster
import Glibc

/// A file that comes to be whole or not at all: what is written has another name until it is kept.
struct NewFile {
    private let path: String
    private let temporary: String
    private let descriptor: Descriptor

    /// Begins a file that takes the name `path` in the end; one that is there is refused unless it
    /// is to be replaced.
    init(_ path: String, mode: UInt32 = 0o600, replacing: Bool) throws(Failure) {
        self.path = path
        // Nobody who looks for the file's own kind of name takes this one.
        temporary = "\(path).\(getpid()).part"
        var status = stat()
        // The C function reads the path's bytes, fills the structure and keeps neither.
        if !replacing, unsafe lstat(path, &status) == 0 {
            throw .misuse("\(path) is there already; --force writes over it")
        }
        // As above.
        let number = unsafe open(
            temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard number >= 0 else { throw .unwritable(path, errno) }
        descriptor = Descriptor(number: number)
        // The process's mask may have taken some of it; where that cannot be helped, less is open.
        fchmod(number, mode)
    }

    /// Replaces the file at `path` by one with this text, so that whoever reads it sees the old text
    /// or the new one; a pipe or a device is written to.
    static func replace(_ path: String, with text: String, mode: UInt32) throws(Failure) {
        if isStream(path) { return try Descriptor.file(path, replacing: true).write(text) }
        let file = try NewFile(path, mode: mode, replacing: true)
        do throws(Failure) {
            try file.write(Array(text.utf8))
            try file.keep()
        } catch {
            file.discard()
            throw error
        }
    }

    /// Has the disk find room for about `bytes` at once, before anything is written: that takes less than
    /// to find it piece by piece.
    func reserve(_ bytes: Int) {
        muster_reserve(descriptor.number, Int64(bytes))
    }

    /// How much is written before the disk gets it, so that `keep` has little to wait for.
    private static let ahead: off_t = 8 << 20

    /// Writes all of `bytes`.
    func write(_ bytes: [UInt8]) throws(Failure) {
        try descriptor.write(bytes: bytes) { Self.failure(path, $0) }
        let end = lseek(descriptor.number, 0, SEEK_CUR)
        if end / Self.ahead > (end - off_t(bytes.count)) / Self.ahead {
            muster_begin_writeback(descriptor.number)
        }
    }

    /// Makes it empty again.
    func restart() throws(Failure) {
        guard ftruncate(descriptor.number, 0) == 0, lseek(descriptor.number, 0, SEEK_SET) == 0
        else { throw Self.failure(path, errno) }
    }

    /// Makes it durable and gives it its name.
    func keep() throws(Failure) {
        // What was reserved and not needed goes back.
        guard ftruncate(descriptor.number, lseek(descriptor.number, 0, SEEK_CUR)) == 0,
            fsync(descriptor.number) == 0
        else { throw Self.failure(path, errno) }
        // The C function reads both paths' bytes and keeps nothing.
        guard unsafe rename(temporary, path) == 0 else { throw Self.failure(path, errno) }
        close(descriptor.number)
    }

    /// Takes back what was written, where it was not kept.
    func discard() {
        close(descriptor.number)
        // The C function reads the path's bytes and keeps nothing.
        unsafe unlink(temporary)
    }

    /// What an error number means once something may have been written.
    private static func failure(_ path: String, _ code: Int32) -> Failure {
        .unwritable(path, code, "; nothing of it was kept")
    }

    /// Whether a name stands for a pipe, a terminal or a device, to which one can only write.
    static func isStream(_ path: String) -> Bool {
        var status = stat()
        // The C function reads the path's bytes, fills the structure and keeps neither.
        guard unsafe stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
    }
}

extension Failure {
    /// What an error number of a call that opens or writes means for a file, a pipe or a device.
    static func unwritable(_ path: String, _ code: Int32, _ consequence: String = "") -> Failure {
        let (status, reason): (ExitStatus, String) =
            switch code {
            case EACCES, EPERM: (.access, "permission denied")
            case EROFS: (.access, "the file system is read-only")
            case ENOENT, ENOTDIR: (.misuse, "there is no such directory")
            case ENAMETOOLONG: (.misuse, "the name is too long")
            case EISDIR, EEXIST: (.misuse, "something else has this name")
            case ENOSPC, EDQUOT: (.unforeseen, "no space is left")
            case EFBIG: (.unforeseen, "it would be larger than a file may be")
            case EIO: (.unforeseen, "the device failed")
            default: (.unforeseen, "error number \(code)")
            }
        return Failure(status, "\(path) cannot be written: \(reason)\(consequence)")
    }
}
