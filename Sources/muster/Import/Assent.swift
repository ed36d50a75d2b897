import Glibc

/// A question to the person at the terminal, for what cannot be taken for granted.
enum Assent {
    /// Returns where the answer is yes, or was given with `--yes`.
    static func must(_ question: String, isGiven: Bool) throws(Failure) {
        if isGiven { return }
        guard isatty(0) == 1, Descriptor.error.isTerminal else {
            throw .misuse(
                "nobody can be asked here", remedy: "If it is to be done, give --yes.")
        }
        Descriptor.error.show("\(question) [y/N] ")
        let line = readLine()
        try Interruption.check()
        let answer = line?.lowercased() ?? ""
        guard answer == "y" || answer == "yes" else {
            throw Failure(.unforeseen, "nothing was changed")
        }
    }
}
