import ArgumentParser
import Glibc
import Hummingbird

@main
struct Main {
    static func main() async {
        do {
            let options = try Options.parse()
            let application = try await options.application { address in
                announce("listening on \(address)\n")
            }
            try await application.runService()
        } catch {
            Options.exit(withError: error)
        }
    }

    /// Writes to standard output at once: scripts wait for the line, and a pipe would be written in
    /// blocks.
    private static func announce(_ line: String) {
        let bytes = Array(line.utf8)
        // The call reads the array's own bytes; a reader that is gone waits for nothing.
        _ = unsafe bytes.withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
    }
}
