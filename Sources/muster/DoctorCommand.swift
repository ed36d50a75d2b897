import ArgumentParser
import FoundationEssentials
import MusterClient

/// Says what is not well, and what to do about it.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what is not well, and what to do about it.",
        discussion: """
            Each line is ok, warn or bad, and followed by what to do about it. With --quiet only warn \
            and bad are printed, so that cron sends nothing while all is well. It looks at socket, \
            group, unit, sandbox, daemon, clock, disk, log, runs, schedules, credentials, retention and \
            endpoint; --skip leaves one of these out. For endpoint, The Trade Desk is asked to list an \
            audience's segments, once for each credential; nothing is changed there. A daemon whose \
            service has failed is not asked, since that would start it again.

            Exit status, as monitoring plug-ins have it: 0 all is well; 1 a warning; 2 something is \
            bad; 3 the daemon does not answer, and systemd does not tell why.

            Examples:
              muster doctor
              muster doctor --quiet --skip clock

            JSON: level, findings (level, check, message; sometimes instance, run, remedy).
            """)

    @Option(
        help: ArgumentHelp(
            "Leave a check out, such as clock on a host whose own host keeps its time. May be repeated.",
            valueName: "check"))
    var skip: [Topic] = []

    @Option(
        help: ArgumentHelp(
            "The state directory to look at while the daemon does not answer. "
                + "Default: \(Examination.usualStateDirectory), where the socket is one of the units'."
        ),
        completion: .directory)
    var stateDirectory: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let path = ConnectionOptions.path(
            option: connection.socket, environment: ProcessInfo.processInfo.environment)
        let examination = Examination(path: path, skipped: skip, stateDirectory: stateDirectory)
        let (diagnosis, status) = await examination.examine()
        if !answer.quiet || diagnosis.level > .ok {
            try answer.show(diagnosis.json) { diagnosis.text(onlyTrouble: answer.quiet) }
        }
        if status != .done { throw Failure(status) }
    }
}

extension ExitStatus {
    /// As monitoring plug-ins end: what is unforeseen or misuse elsewhere is a warning or worse
    /// here.
    init(_ level: Finding.Level) {
        switch level {
        case .ok: self = .done
        case .warn: self = .unforeseen
        case .bad: self = .misuse
        }
    }
}
