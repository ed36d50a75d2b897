import MusterClient

/// Why the program ends other than well, in words for people.
///
/// The message says what happened, without a capital and a full stop, since it goes on after the
/// program's name; the remedy says what to do next, in sentences.
struct Failure: Error, Hashable {
    let status: ExitStatus
    /// Nil where everything has been said.
    let message: String?
    let remedy: String?

    init(_ status: ExitStatus, _ message: String? = nil, remedy: String? = nil) {
        self.status = status
        self.message = message
        self.remedy = remedy
    }

    init(_ error: ClientError) {
        self.init(ExitStatus(error), error.messageInVerbs, remedy: error.remedyInVerbs)
    }

    /// A request that is wrong in itself.
    static func misuse(_ message: String, remedy: String? = nil) -> Failure {
        Failure(.misuse, message, remedy: remedy)
    }

    /// People are shown to nobody by accident.
    static let listOnTerminal = Failure.misuse(
        "a list of people does not go to a terminal by itself",
        remedy: "Name a file with --output, write to a pipe, or give --force.")

    /// What goes to standard error.
    var lines: [String] {
        [message.map { "muster: \($0)" }, remedy].compactMap { $0?.printable }
    }
}

extension Failure {
    /// What the argument parser says, so that it begins as every other message does.
    static func parserWords(_ words: String) -> String {
        var lines = words.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let first = lines.first, first.hasPrefix("Error: ") else { return words }
        lines[0] = "muster: " + String(first.dropFirst(7)).asMessage
        return lines.joined(separator: "\n")
    }
}

extension String {
    /// A sentence as it goes on after the program's name; names and shouted words stay as they are.
    var asMessage: String {
        var words = self
        if words.hasSuffix("."), !words.dropLast().contains(". ") { words.removeLast() }
        guard let first = words.first, first.isUppercase,
            words.dropFirst().first?.isUppercase == false, !words.hasPrefix("The Trade Desk")
        else { return words }
        return first.lowercased() + words.dropFirst()
    }
}
