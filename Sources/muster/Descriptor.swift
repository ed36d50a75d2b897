import Glibc

/// An open descriptor that text is written to.
struct Descriptor: Sendable {
    static let output = Descriptor(number: 1)
    static let error = Descriptor(number: 2)

    let number: Int32

    var isTerminal: Bool { isatty(number) == 1 }

    /// How wide the terminal is; nil where this is none, or it does not say.
    var columns: Int? {
        var size = winsize()
        // The call fills the structure and keeps nothing.
        guard isTerminal, unsafe ioctl(number, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }

    /// Writes one line of the answer.
    func line(_ text: String) throws(Failure) {
        try write(text + "\n")
    }

    /// Writes one line that nobody may be there to read.
    func say(_ text: String) {
        show(text + "\n")
    }

    /// Writes text as it is, which nobody may be there to read.
    func show(_ text: String) {
        // A message that cannot be written leaves nothing to be told and nobody to tell.
        try? write(text)
    }

    /// Opens a new file of mode 0600, a pipe or a device; a file that exists is emptied, or
    /// refused.
    static func file(_ path: String, replacing: Bool) throws(Failure) -> Descriptor {
        let flags = O_WRONLY | O_CLOEXEC
        // The C function reads the path's bytes and keeps nothing.
        var number = unsafe open(path, flags | O_CREAT | (replacing ? O_TRUNC : O_EXCL), 0o600)
        if number < 0, errno == EEXIST {
            var status = stat()
            // The C function reads the path's bytes, fills the structure and keeps neither.
            guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else {
                throw .misuse("\(path) is there already; --force writes over it")
            }
            // As above.
            number = unsafe open(path, flags)
        }
        guard number >= 0 else { throw .unwritable(path, errno) }
        return Descriptor(number: number)
    }

    /// Writes all of `text`; a reader that went away ends the program as SIGPIPE would.
    func write(_ text: String) throws(Failure) {
        try write(bytes: Array(text.utf8))
    }

    /// Writes all of `bytes`; what an error number means `failure` says.
    func write(
        bytes: [UInt8], failure: (Int32) -> Failure = Descriptor.failure
    ) throws(Failure) {
        var done = 0
        while done < bytes.count {
            // `write` reads the bytes behind the pointer only during the call.
            let count = unsafe bytes[done...].withUnsafeBytes {
                unsafe Glibc.write(number, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw failure(errno)
            }
        }
    }

    /// What an error number means of a stream: a reader that went away ends the program as SIGPIPE
    /// would.
    static func failure(_ code: Int32) -> Failure {
        switch code {
        case EPIPE: Failure(.closedPipe)
        case ENOSPC, EDQUOT: Failure(.unforeseen, "there is no room for what is written")
        default: Failure(.unforeseen, "output failed with error number \(code)")
        }
    }
}
