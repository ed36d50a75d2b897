import ArgumentParser
import MusterClient

/// Says whether someone is in an audience.
struct MemberShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Say whether someone is in an audience.",
        discussion: """
            Arguments are visible to other users of this host (ps). Give - to read the address from \
            one line of standard input instead. Before an address that starts with - put --.

            Examples:
              muster member show acme-us - < address.txt
              muster member show acme-us - --history < address.txt

            JSON: the result of member.show.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @Argument(help: "An address, its SHA-256 as hex or base64, or - for standard input.")
    var address: String

    @Flag(help: "Also say which events made it so; reads the whole log.")
    var history = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let member = address == "-" ? try Self.readLine() : address
        if history { return try await showHistory(of: member) }
        let isMember = try await connection.connect().isMember(member, of: instance)
        let told: JSONValue = ["member": .bool(isMember)]
        try answer.show(told) { words(isMember) }
    }

    private func showHistory(of member: String) async throws {
        let history = try await connection.connect().memberHistory(
            of: member, in: instance, deadline: .seconds(3600))
        try answer.show(history.json) {
            var lines = words(history.isMember)
            var table = Table([
                ("POSITION", .right), ("AT", .left), ("EVENT", .left), ("BY", .left),
            ])
            for event in history.events {
                table.add([
                    "\(event.position)", event.at.readableTime, event.event,
                    Self.words(event.actor),
                ])
            }
            if !history.events.isEmpty { lines += "\n\n" + table.text }
            if history.isTruncated { lines += "\nOlder events are in the log." }
            return lines
        }
    }

    private func words(_ isMember: Bool) -> String {
        "\(isMember ? "in" : "not in") \(instance)"
    }

    private static func words(_ actor: MemberHistory.Actor?) -> String {
        actor.map { "uid \($0.uid) gid \($0.gid) pid \($0.pid)" } ?? "daemon"
    }

    /// The one address on the one line of standard input.
    static func readLine() throws(Failure) -> String {
        let bytes = try InputFile.standardInput.readAll(limit: LineDecoder.longestMember)
        var decoder = LineDecoder(.add)
        let rows = decoder.rows(of: bytes, isLast: true)
        guard rows.count == 1, case .change(_, let member) = rows[0].content else {
            throw .misuse(
                "standard input must hold one address on one line",
                remedy: "Give it so: muster VERB - < address.txt, or type it and end with Ctrl-D.")
        }
        return member
    }
}
