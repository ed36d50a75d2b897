import ArgumentParser
import MusterClient
import MusterCore

/// Calls any method with raw parameters.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Call a method of the protocol and print its result.",
        discussion: """
            Arguments are visible to other users of this host (ps); parameters given as - are read \
            from standard input instead.

            Examples:
              muster call status
              muster call instance.show '{"instance":"acme-us"}'
              muster call member.add - < params.json

            JSON: always, and that of the method: muster describe METHOD.
            """)

    @Argument(help: "The method, instance.list for example.")
    var method: String

    @Argument(help: "The parameters as a JSON object, or - to read them from standard input.")
    var params: String = "{}"

    @Option(help: "The commandId; a command without one is given a random one.")
    var commandId: String?

    @Option(help: "The version the instance must have.")
    var expectedVersion: Int?

    @Option(name: .customLong("deadline-ms"), help: "How long to wait, in milliseconds.")
    var deadlineMilliseconds = 30_000

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let params = try Self.read(params)
        let reply = try await call(params)
        for warning in reply.warnings {
            Descriptor.error.say("warning: \(warning.message) (\(warning.name))".printable)
        }
        try Descriptor.output.line(reply.result.prettyText)
    }

    /// Whoever calls a method is told of methods, and not of verbs.
    private func call(_ params: JSONValue) async throws(Failure) -> MusterClient.Reply {
        do throws(ClientError) {
            return try await connection.connect().call(
                method, params, commandId: commandId, expectedVersion: expectedVersion,
                deadline: .milliseconds(deadlineMilliseconds))
        } catch {
            throw Failure(ExitStatus(error), error.message.asMessage, remedy: error.remedy)
        }
    }

    private static func read(_ argument: String) throws(Failure) -> JSONValue {
        let bytes =
            argument == "-"
            ? try InputFile.standardInput.readAll(limit: Frame.hardLimit) : Array(argument.utf8)
        do throws(JSONError) {
            return JSONValue(try JSON.parse(bytes))
        } catch {
            throw .misuse(
                "the parameters are not JSON: \(error.message)",
                remedy: "Give one object, quoted for the shell: '{\"instance\":\"acme-us\"}'.")
        }
    }
}
