import Glibc

/// An open descriptor that text is written to.
struct Descriptor: Sendable {
    static let output = Descriptor(number: 1)
    static let error = Descriptor(number: 2)

    private let number: Int32

    var isTerminal: Bool { isatty(number) == 1 }

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

    /// Writes all of `text`; a reader that went away ends the program as SIGPIPE would.
    func write(_ text: String) throws(Failure) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            // `write` reads the bytes behind the pointer only during the call.
            let count = unsafe bytes[done...].withUnsafeBytes {
                unsafe Glibc.write(number, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                done += count
            } else if errno == EPIPE {
                throw Failure(.closedPipe)
            } else if errno != EINTR {
                throw Failure(.unforeseen, "output failed with error number \(errno)")
            }
        }
    }
}
