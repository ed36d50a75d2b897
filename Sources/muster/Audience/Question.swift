import Glibc

/// A question to whoever sits at the terminal.
enum Question {
    /// Whether they say yes; where nobody can be asked, that is misuse.
    static func ask(_ what: String) throws(Failure) -> Bool {
        guard isatty(0) == 1 else {
            throw .misuse("standard input is no terminal, so nobody can be asked; --yes goes on")
        }
        Descriptor.error.show("\(what) [y/N] ")
        let answer = readLine() ?? ""
        return ["y", "yes"].contains(answer.lowercased())
    }
}
