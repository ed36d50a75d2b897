/// How the service's process ended last, in words and with what to do.
struct UnitEnd: Hashable {
    let words: String
    let remedy: String

    private static let directory = "/var/lib/musterd"
    private static let journal = "journalctl -u musterd.service -n 50 tells more."

    /// By the unit's result, and the code and status of its main process; `code` is 1 where that
    /// exited, and 2 or 3 where a signal ended it.
    init(result: String, code: String, status: String) {
        switch (result, code) {
        case ("watchdog", _):
            words = "it did not answer systemd's watchdog in time"
            remedy = "A disk that hangs is the usual reason: look at dmesg. \(Self.journal)"
        case ("timeout", _):
            words = "it was not ready, or not gone, in time"
            remedy =
                "Where the log is long, raise TimeoutStartSec= by systemctl edit musterd.service. "
                + Self.journal
        case ("oom-kill", _):
            words = "it was ended for want of memory"
            remedy =
                "Raise MemoryMax= by systemctl edit musterd.service; it has to hold all members."
        case ("resources", _):
            words = "systemd could not give it what the unit asks for"
            remedy = Self.journal
        case (_, "2"), (_, "3"):
            words = "signal \(status) ended it"
            remedy = Self.journal
        default:
            (words, remedy) = Self.exit(status) ?? ("it ended with \(status)", Self.journal)
        }
    }

    /// What the daemon's own exit codes mean, and those with which systemd says why it could not
    /// begin.
    private static func exit(_ status: String) -> (String, String)? {
        switch status {
        case "64":
            (
                "it ended with 64: its command line is wrong",
                "systemctl cat musterd.service shows ExecStart=; systemctl revert musterd.service "
                    + "takes drop-ins back."
            )
        case "65":
            (
                "it ended with 65: the log is damaged, not whole, or of a newer version",
                "As root, muster log verify --state-directory \(directory) says what and where. "
                    + "Nothing was changed; restore it, or cut it with muster log repair."
            )
        case "73":
            (
                "it ended with 73: its socket cannot be made or used",
                "ss -xlp shows who has it; then systemctl restart musterd.socket."
            )
        case "74":
            (
                "it ended with 74: the log could not be read or written",
                "Look at dmesg and df \(directory), and mend the disk; the log is whole up to what "
                    + "was acknowledged."
            )
        case "75":
            (
                "it ended with 75: another daemon holds the state directory",
                "fuser \(directory)/LOCK shows which; end that one."
            )
        case "77":
            (
                "it ended with 77: it may not use the state directory",
                "As root, chown -R musterd:musterd \(directory) and chmod 700 \(directory)."
            )
        case "78":
            (
                "it ended with 78: a setting is wrong",
                "journalctl -u musterd.service -n 20 says which; systemctl edit musterd.service "
                    + "changes it."
            )
        case "203":
            (
                "it ended with 203: its program cannot be run",
                "Install the package again; ExecStart= is shown by systemctl cat musterd.service."
            )
        case "217":
            (
                "it ended with 217: its user does not exist",
                "As root, systemd-sysusers makes it."
            )
        case "226":
            (
                "it ended with 226: its sandbox cannot be made",
                "systemctl revert musterd.service takes drop-ins back. \(journal)"
            )
        case "243":
            (
                "it ended with 243: a credential cannot be loaded",
                "Look at the files that systemctl cat musterd.service names in LoadCredential= and "
                    + "LoadCredentialEncrypted=."
            )
        default: nil
        }
    }

    /// Exits after which the unit is not started again, as RestartPreventExitStatus= says.
    static let final: Set = ["64", "65", "73", "77", "78"]
}
