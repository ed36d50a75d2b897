import ArgumentParser
import MusterClient

/// Proves that an audience can be sent.
struct InstanceCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Prove token, access and advertiser of an audience; upload nothing.",
        discussion: """
            One listing call is made to The Trade Desk with the audience's token.

            Exits 0 when all is proven; 6 when the credential's file or the segment is wrong; 7 when \
            The Trade Desk cannot be reached or does not answer now; 9 when it refuses the token, \
            the advertiser or the request.

            Examples:
              muster instance check acme-us

            JSON: the result of instance.check.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let check = try await connection.connect().check(instance)
        try answer.show(check.json) { check.sheet(instance) }
        if let failure = Failure(check, of: instance) { throw failure }
    }
}

extension Check {
    fileprivate func sheet(_ instance: String) -> String {
        var sheet = Sheet("\(instance) at The Trade Desk")
        sheet.add("token", token)
        sheet.add("expires in", tokenDaysLeft?.counted("day"))
        sheet.add("advertiser", advertiser)
        sheet.add("segment", segmentWords)
        sheet.add("request id", requestId)
        return sheet.text
    }

    private var segmentWords: String {
        switch segment {
        case "absent" where problem == nil: "absent; the first sync makes it"
        case "unseen": "not among the first that were listed"
        default: segment
        }
    }
}

extension Failure {
    /// How a check makes the program end; nil where all is proven.
    init?(_ check: Check, of instance: String) {
        guard let problem = check.problem else { return nil }
        let status: ExitStatus =
            switch problem.what {
            case "credential", "segment": .conflict
            case "unreachable", "unavailable": .unavailable
            default: .syncFailed
            }
        self.init(
            status, problem.message.ofAudiences.asMessage,
            remedy: problem.remedyInVerbs(instance))
    }
}
