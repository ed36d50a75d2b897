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

            Examples:
              muster member list acme-us -o list.txt
              muster member list acme-us | wc -l

            JSON: on standard output and with -o FILE only: instance, position, count.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @Option(name: .shortAndLong, help: "Where the list goes; - is standard output.")
    var output = "-"

    @Flag(help: "Write the list to a terminal too, or over a file.")
    var force = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func validate() throws {
        if answer.json, output == "-" { throw ValidationError("--json goes with -o FILE.") }
    }

    func run() async throws {
        if output == "-" { try ListOutput.mustTake(.output, isForced: force) }
        let muster = try await connection.connect()
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
        let words = "\(instance) at position \(position): \(count.counted("member"))"
        guard answer.json else { return answer.note(words) }
        let told: JSONValue = [
            "instance": .string(instance), "position": .integer(position), "count": .integer(count),
        ]
        try answer.show(told) { words }
    }
}
