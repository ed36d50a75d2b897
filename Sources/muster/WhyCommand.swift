import ArgumentParser
import MusterClient

/// Tells why someone is in an audience, or is not.
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Tell why someone is in an audience or not, and which uploads held them.",
        discussion: """
            Tells in sentences, oldest first, when, by whom and by which command this person came and \
            went, and which uploads held them. The daemon reads its whole log for it. Someone who was erased leaves no \
            trace: nothing is told of them.

            Arguments are visible to other users of this host (ps). Give - to read the address from one \
            line of standard input instead. Before an address that starts with - put --.

            Examples:
              muster why acme-us - < address.txt
              muster why acme-us - --json < address.txt

            JSON: instance, member, history (position, at, event, actor, user, members, \
            commandId, origin), truncated, uploads (run, date, position, count, digest, \
            endedAt), lastUpload (run, held), underWay, runsLookedAt.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @Argument(help: "An address, its SHA-256 as hex or base64, or - for standard input.")
    var address: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let member = address == "-" ? try MemberShow.readLine() : address
        let muster = try await connection.connect()
        // The runs come first, so that the history knows who was in at each of them.
        let runs = try await muster.runs(of: instance)
        let history = try await history(of: member, over: muster)
        let story = MemberStory(
            instance: instance, history: history, runs: runs, userName: HostUser.name)
        try answer.show(story.json) { story.text }
    }

    /// Says on a terminal what is waited for.
    private func history(
        of member: String, over muster: MusterConnection
    ) async throws -> MemberHistory {
        var line = LiveLine(isQuiet: answer.quiet)
        line.show("the daemon reads its log ...")
        defer { line.clear() }
        return try await muster.memberHistory(of: member, in: instance, deadline: .seconds(3600))
    }
}
