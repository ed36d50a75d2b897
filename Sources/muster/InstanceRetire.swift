import ArgumentParser
import MusterClient

/// Gives up an audience.
struct InstanceRetire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Take everybody out of an audience and disable it.",
        discussion: """
            The Trade Desk keeps the list that was sent last for up to 180 days; its segment is named \
            and not touched. Exits 6 where the audience has another size than --expect-count, or a \
            run is under way.

            Examples:
              muster instance retire acme-us --expect-count 4711

            JSON: the result of instance.retire.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @Option(help: "How many members it has, as muster instance show says.")
    var expectCount: Int

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let retired = try await connection.connect().retire(instance, expectCount: expectCount)
        try answer.confirm(retired.reply.result) { retired.words(instance) }
    }
}

extension Retirement {
    func words(_ instance: String) -> String {
        let gone = "\(removed.counted("member")) left \(instance), which is disabled now"
        guard let segment else { return gone + "; no segment at The Trade Desk is known" }
        let first = segment.firstPartyDataId.map { ", FirstPartyDataId \($0)" } ?? ""
        return """
            \(gone)
            The Trade Desk keeps the list sent last for up to \(retentionDays.counted("day")), \
            in segment \(segment.crmDataId)\(first).
            """
    }
}
