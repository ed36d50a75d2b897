import Glibc
import UnixSignals

/// What Ctrl-C, or another end from outside, leaves to be said.
enum PartingWords {
    /// From here on ends the program with 130 when it is interrupted, after `words` were said; the
    /// same goes for SIGTERM, with 143.
    static func say(_ words: @escaping @Sendable () -> String) async {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        // Ends with the program.
        Task.detached {
            for await signal in signals {
                // The terminal's line may hold a bar and what the terminal shows of the key.
                let start = Descriptor.error.isTerminal ? LiveLine.erasure : ""
                Descriptor.error.show(start + "muster: " + words().printable + "\n")
                Glibc.exit((signal == .sigint ? ExitStatus.interrupted : .terminated).rawValue)
            }
        }
    }
}
