import ArgumentParser
import MusterClient

/// Lists who is in an audience, by digests.
struct MemberListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List who is in an audience, as SHA-256 digests.",
        discussion: """
            One digest of 64 hex digits a line, in order, all of one moment. A digest stands for a \
            person: it goes to a pipe or a file of mode 0600, and to a terminal or over a file only \
            with --force.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @Option(name: .shortAndLong, help: "Where the list goes; - is standard output.")
    var output = "-"

    @Flag(help: "Write the list to a terminal too, or over a file.")
    var force = false

    @Option(help: "The daemon's socket.", completion: .file())
    var socket: String?

    func run() async throws {
        if output == "-" { try ListOutput.mustTake(.output, isForced: force) }
        let muster = try await ConnectionOptions.connect(socket: socket)
        var pages = muster.members(of: instance).makeAsyncIterator()
        // What is refused leaves no empty file behind.
        var page = try await pages.next()
        let list = try ListOutput(output, isForced: force)
        var (count, position) = (0, 0)
        do {
            while let some = page {
                try list.write(Array(some.members.map { $0 + "\n" }.joined().utf8))
                count += some.members.count
                position = some.position
                page = try await pages.next()
            }
            try list.keep()
        } catch {
            let failure = (error as? ClientError).map { Failure($0) } ?? error as? Failure
            throw list.discarded(failure ?? Failure(.unforeseen, "the list was not written"))
        }
        Descriptor.error.say(
            "\(instance) at position \(position): \(count.counted("member"))")
    }
}
