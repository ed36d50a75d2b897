import ArgumentParser
import CMuster
import Glibc
import MusterClient

/// The command line of the daemon.
@main
struct Muster: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "muster",
        abstract: "Keep first-party audiences on this host and send each, whole, once a day.",
        discussion: """
            The socket is --socket, else $MUSTER_SOCKET, else \(ConnectionOptions.defaultSocket).
            Answers go to standard output and messages to standard error. Every verb takes --json, and its \
            --help names the fields; --quiet leaves out what is no answer. Nothing is coloured.

            Exit status: 0 done; 1 something unforeseen; 2 the request is wrong; 3 the socket cannot \
            be reached; 4 no access; 5 there is no such thing; 6 it conflicts with what is; 7 busy or \
            unavailable, try again; 8 too late; 9 the sync that was waited for failed; 10 the log is \
            damaged; 11 some members were rejected; 130 interrupted by Ctrl-C, where a run that was waited \
            for goes on; 141 the reader of standard output went away; 143 terminated. \
            muster doctor ends as monitoring plug-ins do: 0, 1, 2 or 3.
            """,
        version: "muster 0.1.0",
        subcommands: [
            InstanceCommand.self, MemberCommand.self, WhyCommand.self, AudienceCommand.self,
            SyncCommand.self, StatusCommand.self, TailCommand.self, ReportCommand.self,
            DoctorCommand.self, MetricsCommand.self, DescribeCommand.self, CallCommand.self,
            LogCommand.self,
        ])

    static func main() async {
        // Verbs that read the log do so on two threads.
        muster_set_up_heap()
        do {
            var command = try parseAsRoot()
            if var verb = command as? any AsyncParsableCommand {
                try await verb.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            end(failure)
        } catch let error as ClientError {
            end(Failure(error))
        } catch  where exitCode(for: error) == .success {
            // Help, and the version.
            exit(withError: error)
        } catch  where exitCode(for: error) == .validationFailure {
            let words = Failure.parserWords(fullMessage(for: error))
            Descriptor.error.say(words.fitted(to: Descriptor.error.columns))
            Glibc.exit(ExitStatus.misuse.rawValue)
        } catch {
            end(Failure(.unforeseen, message(for: error).asMessage))
        }
    }

    private static func end(_ failure: Failure) -> Never {
        for line in failure.lines { Descriptor.error.say(line) }
        Glibc.exit(failure.status.rawValue)
    }
}
