import ArgumentParser
import Glibc
import Hummingbird

@main
struct Main {
    static func main() async {
        do {
            let options = try Options.parse()
            let application = try await options.application { address in
                print("listening on \(address)")
                // A pipe is written in blocks, and scripts wait for this line; nil means all streams.
                fflush(nil)
            }
            try await application.runService()
        } catch {
            Options.exit(withError: error)
        }
    }
}
