/// What a method is for, takes, answers and refuses.
///
/// `describe` answers it and the reference page of the methods is made from it. A new method is
/// described in one place, beside its kin, and named in `all`.
package struct MethodDescription: Sendable {
    /// Whether it may append to the log.
    package enum Kind: String, Sendable {
        case command
        case query
    }

    package let name: String
    package let kind: Kind
    /// One sentence.
    package let summary: String
    /// Paragraphs of Markdown; may be empty.
    package let details: String
    package let params: Schema
    package let result: Schema
    /// The result of each reply of a stream, where `more` asks for one.
    package let stream: Schema?
    /// Its own errors; `commonErrors` may come too.
    package let errors: [Refusal]
    package let warnings: [Remark]

    /// An error of the method and when it comes; empty where the error says it.
    package struct Refusal: Sendable {
        package let error: RejectionClass
        package let when: String

        init(_ error: RejectionClass, _ when: String = "") {
            self.error = error
            self.when = when
        }
    }

    /// A warning and when it comes.
    package struct Remark: Sendable {
        package let name: String
        package let when: String
    }

    init(
        _ kind: Kind, _ name: String, _ summary: String, details: String = "",
        params: [Schema.Property] = [], result: Schema, stream: Schema? = nil,
        errors: [Refusal] = [], warnings: [Remark] = []
    ) {
        self.init(
            kind, name, summary, details: details, params: .closed("", params), result: result,
            stream: stream, errors: errors, warnings: warnings)
    }

    init(
        _ kind: Kind, _ name: String, _ summary: String, details: String = "",
        params: Schema, result: Schema, stream: Schema? = nil, errors: [Refusal] = [],
        warnings: [Remark] = []
    ) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.details = details
        self.params = params
        self.result = result
        self.stream = stream
        self.errors = errors
        self.warnings = warnings
    }
}

extension MethodDescription {
    /// Every method, in the order of the page.
    package static let all: [MethodDescription] = [
        hello, ping, status, describe, instanceConfigure, instanceShow, instanceList,
        instanceCheck, instanceRetire, memberAdd, memberRemove, memberShow, memberList, syncNow,
        syncList, syncShow, syncPlan, logTail,
    ]

    /// What any request may be answered with.
    package static let errorsOfAny: [RejectionClass] = [
        .frameInvalid, .frameTooLarge, .requestInvalid, .paramsInvalid, .deadlineExceeded,
        .serverBusy, .serverStopping, .internalError,
    ]

    /// What any command may be answered with besides.
    package static let errorsOfCommands: [RejectionClass] = [
        .accessDenied, .versionConflict, .commandIdReused, .logFull,
    ]

    /// The errors that may come and that the method does not name itself.
    package var commonErrors: [RejectionClass] {
        let own = errors.map(\.error)
        let all = kind == .command ? Self.errorsOfAny + Self.errorsOfCommands : Self.errorsOfAny
        return all.filter { !own.contains($0) }
    }
}
