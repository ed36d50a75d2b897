import ArgumentParser
import FoundationEssentials
import MusterClient

/// What every verb that talks to the daemon takes.
struct ConnectionOptions: ParsableArguments {
    static let defaultSocket = "/run/musterd/command.sock"

    @Option(help: "The daemon's socket.", completion: .file())
    var socket: String?

    /// The path in force; an empty variable counts as unset.
    static func path(option: String?, environment: [String: String]) -> String {
        if let option { return option }
        let variable = environment["MUSTER_SOCKET"] ?? ""
        return variable.isEmpty ? defaultSocket : variable
    }

    func connect() async throws(ClientError) -> MusterConnection {
        try await Self.connect(socket: socket)
    }

    static func connect(socket: String?) async throws(ClientError) -> MusterConnection {
        let path = path(option: socket, environment: ProcessInfo.processInfo.environment)
        return try await MusterConnection.connect(path: path)
    }
}
