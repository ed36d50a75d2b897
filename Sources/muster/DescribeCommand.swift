import ArgumentParser
import MusterClient

/// Shows the protocol as the daemon describes it.
struct DescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Describe the daemon's protocol: methods, errors and events of the log.",
        discussion: """
            Without a name everything is listed in a line each; with --json it is all there, with its \
            schemas.

            Examples:
              muster describe
              muster describe sync.now
              muster describe sync.too_soon --json

            JSON: the result of describe; or with a name: name, summary; sometimes what belongs \
            to its kind.
            """)

    @Argument(help: "A method, an error or an event, such as member.add, sync.running or uploaded.")
    var name: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let muster = try await connection.connect()
        guard let name else {
            let description = try await muster.describe(answer.json ? .everything : nil)
            return try answer.show(description.json) { description.list }
        }
        guard let subject = try await muster.describe().subject(named: name) else {
            throw Failure(
                .unknown, "there is no method, error or event of this name",
                remedy: "List them with muster describe.")
        }
        let description = try await muster.describe(subject)
        let items = description.methods + description.errors + description.events
        guard let item = items.first else {
            throw Failure(.unforeseen, "the daemon described nothing")
        }
        try answer.show(item.json) { item.page }
    }
}

extension ProtocolDescription {
    func subject(named name: String) -> Subject? {
        if methods.contains(where: { $0.name == name }) { return .method(name) }
        if errors.contains(where: { $0.name == name }) { return .error(name) }
        return events.contains { $0.name == name } ? .event(name) : nil
    }

    /// Everything in a line each.
    var list: String {
        [("methods", methods), ("errors", errors), ("events of the log", events)]
            .map { title, items in
                var sheet = Sheet(title)
                for item in items { sheet.add(item.name, item.summary) }
                return sheet.text
            }
            .joined(separator: "\n\n")
    }
}
