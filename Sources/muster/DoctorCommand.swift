import ArgumentParser
import MusterClient

/// Says what is not well, and what to do about it.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what is not well, and what to do about it.",
        discussion: """
            Each line is ok, warn or bad. With --quiet only warn and bad are printed, so that cron \
            sends nothing while all is well.

            Exit status, as monitoring plug-ins have it: 0 all is well; 1 a warning; 2 something is \
            bad; 3 the daemon cannot be reached. Where it is reached and does not answer, the status \
            is that of any verb: 4 no access, 7 unavailable, 8 too late.
            """)

    @Flag(help: "Print nothing while all is well.")
    var quiet = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let diagnosis: Diagnosis
        let status: ExitStatus
        do throws(ClientError) {
            diagnosis = Diagnosis(try await connection.connect().status())
            status = ExitStatus(diagnosis.level)
        } catch {
            diagnosis = Diagnosis(error)
            status = ExitStatus(error)
        }
        if !quiet || diagnosis.level > .ok {
            try connection.show(diagnosis.json) { diagnosis.text(onlyTrouble: quiet) }
        }
        if status != .done { throw Failure(status) }
    }
}

extension ExitStatus {
    /// As monitoring plug-ins end: what is unforeseen or misuse elsewhere is a warning or worse
    /// here.
    init(_ level: Diagnosis.Level) {
        switch level {
        case .ok: self = .done
        case .warn: self = .unforeseen
        case .bad: self = .misuse
        }
    }
}
