import MusterClient

/// Why the program ends other than well, in words for people.
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
        self.init(ExitStatus(error), error.message, remedy: error.remedyInVerbs)
    }

    /// A request that is wrong in itself.
    static func misuse(_ message: String) -> Failure { Failure(.misuse, message) }

    /// What goes to standard error.
    var lines: [String] {
        [message.map { "muster: \($0)" }, remedy].compactMap { $0?.printable }
    }
}
