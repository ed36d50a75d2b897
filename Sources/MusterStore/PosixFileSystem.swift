import Glibc

/// The host's file system below a directory, with files of mode 0600 and directories of mode 0700.
package struct PosixFileSystem: FileSystem {
    private let root: String

    package init(root: String) {
        self.root = root
    }

    package func open(_ path: String, _ mode: OpenMode) throws(FileError) -> Descriptor {
        let flags =
            switch mode {
            case .read: O_RDONLY
            case .readWrite: O_RDWR
            case .create: O_RDWR | O_CREAT
            case .createNew: O_RDWR | O_CREAT | O_EXCL
            }
        // The C function reads the path's bytes and keeps nothing.
        let number = unsafe Glibc.open(full(path), flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        try check(number, "open", path)
        return Descriptor(number: number)
    }

    package func close(_ file: Descriptor) {
        _ = Glibc.close(file.number)
    }

    package func lock(_ file: Descriptor) throws(FileError) -> Bool {
        if flock(file.number, LOCK_EX | LOCK_NB) == 0 { return true }
        if errno == EWOULDBLOCK { return false }
        throw FileError("lock", "", code: errno)
    }

    package func size(of file: Descriptor) throws(FileError) -> Int {
        var status = stat()
        // The C function fills the structure and keeps nothing.
        try check(unsafe fstat(file.number, &status), "fstat", "")
        return status.st_size
    }

    package func read(
        _ file: Descriptor, at offset: Int, count: Int
    ) throws(FileError) -> [UInt8] {
        var failure: Int32 = 0
        // pread fills the array's own memory; only what it filled is counted.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                guard let start = buffer.baseAddress else { return }
                let got = unsafe pread(file.number, start + filled, count - filled, offset + filled)
                if got == 0 { return }
                if got > 0 {
                    filled += got
                } else if errno != EINTR {
                    failure = errno
                    return
                }
            }
        }
        guard failure == 0 else { throw FileError("read", "", code: failure) }
        return bytes
    }

    package func write(
        _ bytes: [UInt8], to file: Descriptor, at offset: Int
    ) throws(FileError) {
        // pwrite reads the array's own memory while it stands.
        let failure: Int32 = unsafe bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                guard let start = buffer.baseAddress else { return 0 }
                let put = unsafe pwrite(
                    file.number, start + written, buffer.count - written, offset + written)
                if put > 0 {
                    written += put
                } else if put == 0 {
                    return EIO
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
        guard failure == 0 else { throw FileError("write", "", code: failure) }
    }

    package func reserve(_ count: Int, of file: Descriptor) throws(FileError) {
        let failure = posix_fallocate(file.number, 0, count)
        guard failure == 0 else { throw FileError("allocate", "", code: failure) }
    }

    package func truncate(_ file: Descriptor, to count: Int) throws(FileError) {
        try check(ftruncate(file.number, count), "truncate", "")
    }

    package func synchronize(_ file: Descriptor) throws(FileError) {
        try check(fdatasync(file.number), "fdatasync", "")
    }

    package func synchronizeDirectory(_ path: String) throws(FileError) {
        // The C function reads the path's bytes and keeps nothing.
        let number = unsafe Glibc.open(full(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try check(number, "open", path)
        defer { _ = Glibc.close(number) }
        try check(fsync(number), "fsync", path)
    }

    package func dropCache(of file: Descriptor) throws(FileError) {
        let failure = posix_fadvise(file.number, 0, 0, POSIX_FADV_DONTNEED)
        guard failure == 0 else { throw FileError("fadvise", "", code: failure) }
    }

    package func rename(_ path: String, to newPath: String) throws(FileError) {
        // The C function reads both paths' bytes and keeps nothing.
        try check(unsafe Glibc.rename(full(path), full(newPath)), "rename", path)
    }

    package func remove(_ path: String) throws(FileError) {
        // The C function reads the path's bytes and keeps nothing.
        if unsafe unlink(full(path)) == 0 || errno == ENOENT { return }
        throw FileError("remove", path, code: errno)
    }

    package func makeDirectory(_ path: String) throws(FileError) {
        // The C function reads the path's bytes and keeps nothing.
        if unsafe mkdir(full(path), 0o700) == 0 || errno == EEXIST { return }
        throw FileError("make directory", path, code: errno)
    }

    package func freeBytes() throws(FileError) -> Int {
        var status = statvfs()
        // The C function reads the path's bytes, fills the structure and keeps neither.
        try check(unsafe statvfs(root, &status), "statvfs", "")
        return Int(clamping: status.f_bavail.multipliedReportingOverflow(by: status.f_frsize).0)
    }

    package func names(in directory: String) throws(FileError) -> [String]? {
        // The stream is read and closed here and nowhere else.
        guard let stream = unsafe opendir(full(directory)) else {
            if errno == ENOENT { return nil }
            throw FileError("list", directory, code: errno)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = unsafe readdir(stream) {
            // The entry is valid until the next call; its name ends with a zero byte.
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw FileError("list", directory, code: errno) }
        return names.sorted()
    }

    private func full(_ path: String) -> String {
        path.isEmpty ? root : root + "/" + path
    }

    private func check(
        _ result: Int32, _ operation: String, _ path: String
    ) throws(FileError) {
        if result < 0 { throw FileError(operation, path, code: errno) }
    }
}

extension FileError {
    /// No space, or no quota, is left.
    package var isFull: Bool { code == ENOSPC || code == EDQUOT }

    var isMissing: Bool { code == ENOENT }

    /// The system's words for the number.
    package var reason: String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        // The C function returns a text that ends with a zero byte; it is copied at once.
        return unsafe String(cString: text)
    }
}
