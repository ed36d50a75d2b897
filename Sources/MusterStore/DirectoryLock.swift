/// The exclusive use of a state directory: a lock on its file `LOCK`, held until it is released.
///
/// `flock` and not `fcntl`: the latter's locks are lost by any unrelated close of the file in the
/// process.
struct DirectoryLock {
    static let path = "LOCK"

    private let disk: any FileSystem
    private let file: Descriptor

    init(_ disk: any FileSystem) throws(LogError) {
        self.disk = disk
        file = try failing { () throws(FileError) in
            try disk.makeDirectory("")
            return try disk.open(Self.path, .create)
        }
        let file = file
        guard try failing({ () throws(FileError) in try disk.lock(file) }) else {
            disk.close(file)
            throw .locked
        }
    }

    func release() {
        disk.close(file)
    }
}
