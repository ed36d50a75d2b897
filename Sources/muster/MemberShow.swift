import ArgumentParser
import MusterClient

/// Says whether someone is in an audience.
struct MemberShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Say whether someone is in an audience.",
        discussion: """
            Arguments are visible to other users of this host (ps). Give - to read the address from \
            one line of standard input instead. Before an address that starts with - put --.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @Argument(help: "An address, its SHA-256 as hex or base64, or - for standard input.")
    var address: String

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let member = address == "-" ? try Self.readLine() : address
        let isMember = try await connection.connect().isMember(member, of: instance)
        try connection.show(["member": .bool(isMember)]) {
            "\(isMember ? "in" : "not in") \(instance)"
        }
    }

    /// The one address on the one line of standard input.
    static func readLine() throws(Failure) -> String {
        let bytes = try InputFile.standardInput.readAll(limit: LineDecoder.longestMember)
        var decoder = LineDecoder(.add)
        let rows = decoder.rows(of: bytes, isLast: true)
        guard rows.count == 1, case .change(_, let member) = rows[0].content else {
            throw .misuse("standard input must hold one address on one line")
        }
        return member
    }
}
