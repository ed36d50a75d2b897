import Glibc

/// Lines that are written some at a time.
struct LineOutput {
    private var pending = ""

    mutating func add(_ line: String) {
        pending += line
        pending += "\n"
        if pending.utf8.count > 65_536 { flush() }
    }

    /// Writes what is pending; a reader that went away ends the program here, and not after the
    /// whole log.
    mutating func flush() {
        do {
            try Descriptor.output.write(pending)
        } catch {
            for line in error.lines { Descriptor.error.say(line) }
            Glibc.exit(error.status.rawValue)
        }
        pending = ""
    }
}
