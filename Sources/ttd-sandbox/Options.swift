import ArgumentParser
import FoundationEssentials
import Hummingbird
import Logging
import NIOCore

/// The command line of `ttd-sandbox`.
struct Options: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ttd-sandbox",
        abstract: "A stand-in for The Trade Desk's CRM audience API, on the loopback interface.",
        discussion: Help.text)

    @Option(help: "Address to listen on, loopback only; port 0 picks a free one.")
    var listen = ListenAddress(host: "127.0.0.1", port: 0)

    @Option(
        name: .customLong("token"),
        help: "A token that is accepted. Arguments are visible to others on the host.")
    var tokens: [String] = []

    @Option(help: "A file whose first line is a token that is accepted.")
    var tokenFile: [String] = []

    @Option(help: "Segments on a page of the list.")
    var pageSize = 100

    @Option(help: "Seconds an upload URL stays valid.")
    var urlSeconds = 3600

    @Option(help: "Rows of the last accepted upload of a segment that are kept to be looked at.")
    var keepRows = 200_000

    @Option(
        name: .customLong("seed-segment"),
        help: "A segment that exists at the start: ADVERTISER:NAME:REGION[:CRMDATAID].",
        transform: SegmentSeed.init(parsing:))
    var seeds: [SegmentSeed] = []

    @Option(
        name: .customLong("fault"), help: "A rule 'METHOD PATH COUNT ANSWER'; see above.",
        transform: FaultRule.init(parsing:))
    var faults: [FaultRule] = []

    func validate() throws {
        guard !(tokens.isEmpty && tokenFile.isEmpty) else {
            throw ValidationError(
                "Say which token is accepted: --token-file FILE or --token TOKEN.")
        }
        guard !tokens.contains("") else { throw ValidationError("A token may not be empty.") }
        guard (1...10_000).contains(pageSize) else {
            throw ValidationError("--page-size must be 1 to 10000.")
        }
        guard (1...604_800).contains(urlSeconds) else {
            throw ValidationError("--url-seconds must be 1 to 604800.")
        }
        guard (0...10_000_000).contains(keepRows) else {
            throw ValidationError("--keep-rows must be 0 to 10000000.")
        }
    }

    /// The server these options ask for; `onListening` is told its base address.
    func application(
        onListening: @escaping @Sendable (String) -> Void
    ) async throws -> some ApplicationProtocol {
        let sandbox = Sandbox(
            settings: Sandbox.Settings(
                tokens: Set(tokens + (try tokenFile.map(Self.token(inFile:)))),
                pageSize: pageSize, urlSeconds: urlSeconds, keepRows: keepRows),
            faults: faults)
        for seed in seeds { try await sandbox.plant(seed) }
        var logger = Logger(label: "ttd-sandbox")
        logger.logLevel = .error
        return Application(
            router: sandboxRouter(sandbox),
            configuration: .init(address: .hostname(listen.host, port: listen.port)),
            onServerRunning: { channel in
                onListening("http://\(listen.authority(port: channel.localAddress?.port))/v3")
            },
            logger: logger)
    }

    private static func token(inFile path: String) throws -> String {
        // Why it cannot be read is no matter here; the error would print more than a person wants.
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Mistake("the token file \(path) cannot be read")
        }
        guard let line = text.split(whereSeparator: \.isNewline).first else {
            throw Mistake("the token file \(path) is empty")
        }
        return String(line)
    }
}

/// A host and port of this machine that no other can reach.
struct ListenAddress: ExpressibleByArgument {
    var host: String
    var port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"),
            let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        let host = argument[..<colon]
        let address = host == "[::1]" ? "::1" : String(host)
        guard address == "localhost" || Self.isLoopback(address) else { return nil }
        self.init(host: address, port: Int(port))
    }

    var defaultValueDescription: String { authority(port: port) }

    func authority(port: Int?) -> String {
        "\(host.contains(":") ? "[\(host)]" : host):\(port ?? self.port)"
    }

    private static func isLoopback(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return text == "::1"
            || parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
