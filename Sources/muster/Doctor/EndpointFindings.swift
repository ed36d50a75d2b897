import MusterClient

/// One call to The Trade Desk for each credential, which changes nothing there.
struct EndpointQuestion: Hashable {
    /// The audience that is asked for: the first that uses the credential.
    let instance: String
    let credential: String
    /// Where it led when it was last used.
    let endpoint: String

    /// No more are asked in one go.
    static let limit = 8

    /// What to ask, by the rows of `instance.list`.
    static func all(_ instances: [JSONValue]) -> [EndpointQuestion] {
        var seen: Set<String> = []
        return instances.compactMap { row in
            guard row["enabled"]?.bool == true, let instance = row["instance"]?.string,
                let credential = row["credential"]?.string, seen.insert(credential).inserted
            else { return nil }
            return EndpointQuestion(
                instance: instance, credential: credential,
                endpoint: row["endpoint"]?.string ?? "the endpoint")
        }
    }
}

/// How a question was answered.
enum EndpointAnswer: Hashable {
    case checked(Check.Problem?)
    case failed(message: String, isDenied: Bool)

    /// Whether nobody is there to answer.
    var isUnreachable: Bool {
        if case .checked(let problem?) = self { problem.what == "unreachable" } else { false }
    }
}

/// Judges what The Trade Desk answered.
enum EndpointFindings {
    static func judge(_ question: EndpointQuestion, _ answer: EndpointAnswer) -> Finding {
        switch answer {
        case .checked(nil):
            return .ok(
                .endpoint, "\(question.credential): its endpoint answers, and takes the token")
        case .checked(let problem?) where problem.what == "credential":
            return .ok(
                .endpoint, "not asked: \(question.credential) cannot be used, see credentials")
        case .checked(let problem?):
            return Finding(
                level: problem.what == "unavailable" ? .warn : .bad, check: check,
                instance: question.instance, message: problem.message, remedy: problem.remedy)
        case .failed(_, isDenied: true):
            return .ok(
                .endpoint, "not asked: as it uses a token, only who may command can have it asked")
        case .failed(let message, isDenied: false):
            return Finding(
                level: .warn, check: check, instance: question.instance, message: message,
                remedy: "Try again; muster instance check \(question.instance) asks the same.")
        }
    }

    private static let check = Topic.endpoint.rawValue
}
