import ArgumentParser
import Logging
import MusterCore
import NIOCore
import SystemPackage

/// How the daemon runs: flags first, then the environment.
///
/// Audiences are not settings; they live in
/// the log.
struct StartSettings: ParsableArguments {
    @Option(help: "The directory of the log. Default: $STATE_DIRECTORY, as systemd sets it.")
    var stateDirectory: String?

    @Option(
        help:
            "The directory of the credentials' files. Default: $CREDENTIALS_DIRECTORY, as systemd sets it."
    )
    var credentialsDirectory: String?

    @Option(
        help: "For development: make and listen on this socket instead of one passed by systemd.")
    var socket: String?

    @Option(help: "For development: as --socket, for the socket that takes queries only.")
    var querySocket: String?

    @Option(
        help: ArgumentHelp(
            "A group whose members may command, beside root, the daemon's own user and the command "
                + "socket's group. Default: $MUSTERD_ADMIN_GROUP.", valueName: "name"))
    var adminGroup: String?

    @Option(
        help:
            "A PEM file with the only certificate authorities to trust for the API and the uploads."
    )
    var endpointCa: String?

    @Option(
        help:
            "trace, debug, info, notice, warning, error or critical. Default: $MUSTERD_LOG_LEVEL, or info."
    )
    var logLevel: String?

    @Option(
        help: ArgumentHelp(
            "End after so many minutes without a client, a run under way or one that is due within 20 "
                + "minutes; the service manager starts the daemon again when somebody connects. "
                + "Default: $MUSTERD_EXIT_ON_IDLE, or never.", valueName: "minutes"))
    var exitOnIdle: String?

    /// The settings with the environment's in the places that no flag names.
    func resolved(_ environment: [String: String]) throws(SettingsError) -> Resolved {
        guard let state = stateDirectory ?? environment["STATE_DIRECTORY"], !state.isEmpty else {
            throw .noStateDirectory
        }
        // systemd joins several directories by colons; the unit names one.
        guard !state.contains(":") else { throw .severalStateDirectories }
        let levelName = logLevel ?? environment["MUSTERD_LOG_LEVEL"] ?? "info"
        guard let level = Logger.Level(rawValue: levelName) else { throw .logLevel }
        if let roots = endpointCa ?? environment["MUSTERD_ENDPOINT_CA"] {
            try Self.check(rootsFile: roots)
        }
        let admins = adminGroup ?? environment["MUSTERD_ADMIN_GROUP"] ?? ""
        let adminGroup = HostGroup(named: admins)
        guard admins.isEmpty == (adminGroup == nil) else { throw .adminGroup }
        return Resolved(
            stateDirectory: FilePath(state),
            credentialsDirectory: (credentialsDirectory ?? environment["CREDENTIALS_DIRECTORY"])
                .map { FilePath($0) },
            socket: socket, querySocket: querySocket, adminGroup: adminGroup,
            rootsFile: endpointCa ?? environment["MUSTERD_ENDPOINT_CA"],
            proxy: try environment["MUSTERD_HTTPS_PROXY"].map(ProxyAddress.init), logLevel: level,
            isJournal: Journal.isStandardError(named: environment["JOURNAL_STREAM"]),
            exitOnIdle: try Self.idleLimit(exitOnIdle ?? environment["MUSTERD_EXIT_ON_IDLE"] ?? ""))
    }

    /// Minutes, or with `s` or `ms` behind them what tests can wait for; nil for the empty text.
    static func idleLimit(_ text: String) throws(SettingsError) -> TimeAmount? {
        guard !text.isEmpty else { return nil }
        let units: [(String, (Int64) -> TimeAmount)] = [
            ("ms", TimeAmount.milliseconds), ("s", TimeAmount.seconds), ("", TimeAmount.minutes),
        ]
        for (suffix, amount) in units where text.hasSuffix(suffix) {
            guard let count = Int64(text.dropLast(suffix.count)), (1...1_000_000).contains(count)
            else { break }
            return amount(count)
        }
        throw .exitOnIdle
    }

    /// The client would find a missing file only at its first connection.
    private static func check(rootsFile: String) throws(SettingsError) {
        do {
            _ = try HostFile.read(FilePath(rootsFile), limit: 4 << 20)
        } catch {
            throw .rootsFile
        }
    }

    struct Resolved: Sendable {
        let stateDirectory: FilePath
        let credentialsDirectory: FilePath?
        let socket: String?
        let querySocket: String?
        let adminGroup: HostGroup?
        let rootsFile: String?
        let proxy: ProxyAddress?
        let logLevel: Logger.Level
        let isJournal: Bool
        let exitOnIdle: TimeAmount?
    }
}

/// The proxy of `MUSTERD_HTTPS_PROXY`: `http://host:port`.
struct ProxyAddress: Sendable {
    let host: String
    let port: Int

    init(_ text: String) throws(SettingsError) {
        guard let address = Address(text), !address.isSecure else { throw .proxy }
        host = address.host
        port = Int(address.port)
    }
}

/// Why the daemon cannot be started as it was asked to; exit 78.
enum SettingsError: Error {
    case noStateDirectory
    case severalStateDirectories
    case logLevel
    case rootsFile
    case proxy
    case adminGroup
    case exitOnIdle
    case idleWithoutManager
    case noSocket

    var message: String {
        switch self {
        case .noStateDirectory: "no state directory: give --state-directory or set $STATE_DIRECTORY"
        case .severalStateDirectories: "one state directory is needed, and several were given"
        case .logLevel:
            "the log level must be trace, debug, info, notice, warning, error or critical"
        case .rootsFile: "the file of --endpoint-ca cannot be read"
        case .proxy: "MUSTERD_HTTPS_PROXY must be http://host:port"
        case .adminGroup:
            "the group of --admin-group or MUSTERD_ADMIN_GROUP is not one of this host: create it with groupadd"
        case .exitOnIdle:
            "--exit-on-idle or MUSTERD_EXIT_ON_IDLE must be a number of minutes, 1 or more"
        case .idleWithoutManager:
            "a daemon that ends when idle needs its sockets from systemd, which starts it again: leave "
                + "--exit-on-idle out"
        case .noSocket:
            "no socket was passed under the name 'command': start musterd.socket, or give --socket PATH"
        }
    }
}
