import MusterCore

/// An answer that is not a refusal.
public struct Reply: Hashable, Sendable {
    /// What the method answers.
    public let result: JSONValue
    /// The position of the log at which the answer is true; for a command that of its last event.
    public let position: Int
    /// The instance's version, in answers of commands and of `instance.show`.
    public let version: Int?
    /// Whether the command had been applied before and this is its first answer again.
    public let wasReplayed: Bool
    /// What the caller should know though the request was taken.
    public let warnings: [Warning]
    /// The commandId the request went out with, if it was a command.
    public let commandId: String?
    /// Whether more replies of a stream follow.
    let continues: Bool

    /// Something the caller should know.
    public struct Warning: Hashable, Sendable {
        /// The warning's name, `schedule.none` for example; names are stable.
        public let name: String
        /// The warning in a sentence for people.
        public let message: String
    }
}

/// What one frame of the daemon says.
enum Incoming {
    case reply(id: Int, Reply)
    case refusal(id: Int?, ServerError)

    /// Reads the body of a frame; throws what is wrong with it.
    init(_ body: [UInt8]) throws(AnswerError) {
        let answer: Answer
        do throws(JSONError) {
            answer = Answer(JSONValue(try JSON.parse(body)))
        } catch {
            throw AnswerError(what: "a reply is not JSON: \(error.message)")
        }
        if let refusal = try answer.optional("error") {
            self = .refusal(id: try answer.optional("id")?.integer(), try ServerError(refusal))
        } else {
            self = .reply(id: try answer.member("id").integer(), try Reply(answer))
        }
    }
}

extension Reply {
    init(_ answer: Answer) throws(AnswerError) {
        result = try answer.member("result").value
        position = try answer.member("position").integer()
        version = try answer.optional("version")?.integer()
        wasReplayed = try answer.optional("replayed")?.bool() ?? false
        warnings = try answer.list("warnings") { (item) throws(AnswerError) in
            Warning(
                name: try item.member("name").string(),
                message: try item.optional("message")?.string() ?? "")
        }
        commandId = nil
        continues = try answer.optional("continues")?.bool() ?? false
    }

    /// This answer, of a request that went out with `commandId`.
    func to(_ commandId: String?) -> Reply {
        Reply(
            result: result, position: position, version: version, wasReplayed: wasReplayed,
            warnings: warnings, commandId: commandId, continues: continues)
    }
}

extension ServerError {
    init(_ answer: Answer) throws(AnswerError) {
        name = try answer.member("name").string()
        kind = try answer.optional("kind")?.string() ?? ""
        message = try answer.optional("message")?.string() ?? name
        details = try answer.optional("details")?.value ?? [:]
        isRetryable = try answer.optional("retryable")?.bool() ?? false
        wasApplied = try answer.optional("applied")?.string() == "yes"
        remedy = try answer.optional("remedy")?.string() ?? ""
    }
}

extension Reply {
    /// Reads the result; what it lacks makes the answer a violation of the protocol.
    func read<Value>(
        _ body: (Answer) throws(AnswerError) -> Value
    ) throws(ClientError) -> Value {
        do throws(AnswerError) {
            return try body(Answer(result))
        } catch {
            throw .protocolViolation(error.what)
        }
    }
}
