import ArgumentParser
import AsyncHTTPClient
import CMuster
import Glibc
import Logging
import MusterCore
import MusterStore
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "musterd",
        abstract:
            "Keeps first-party audiences in an event log and sends each to The Trade Desk once a day.",
        discussion: """
            systemd starts it with the socket named 'command', one named 'query' where there is one, and a \
            state directory; see musterd.socket, musterd-query.socket and musterd.service. For development give \
            --socket and --state-directory. Everything about audiences is told through the socket: see muster(1).

            Exit codes: 0 stopped as asked, 64 wrong usage, 65 the log is damaged, 73 the socket cannot be made, \
            74 the log could not be written, 75 another daemon holds the state directory, 77 no permission, \
            78 wrong settings.
            """,
        version: Version.current)

    @OptionGroup var settings: StartSettings

    func run() async throws {
        // A core file would hold people and tokens. Where it cannot be forbidden the unit's
        // LimitCORE=0 still does.
        _ = muster_forbid_dumps()
        // What a snapshot took, or half of a start, is then there for whoever else needs memory.
        muster_set_up_heap()
        _ = signal(SIGPIPE, SIG_IGN)
        umask(0o077)
        let settings = try resolvedSettings()
        LoggingSystem.bootstrap { _ in
            var handler = JournalLogHandler(isJournal: settings.isJournal)
            handler.logLevel = settings.logLevel
            return handler
        }
        try await Daemon(settings: settings, logger: Logger(label: "musterd")).run()
    }

    private func resolvedSettings() throws -> StartSettings.Resolved {
        do {
            return try settings.resolved(ProcessEnvironment.all)
        } catch {
            StandardError.write("musterd: \(error.message)\n")
            throw ExitCode(Exit.configuration.rawValue)
        }
    }
}
