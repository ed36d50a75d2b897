import ArgumentParser

/// Adds members to an audience.
struct MemberAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add members to an audience.",
        discussion: """
            \(MemberInput.discussion)

            Examples:
              muster member add acme-us - < addresses.txt
              muster member add acme-us --file people.csv --column email

            \(MemberInput.jsonWords)
            """)

    @OptionGroup var input: MemberInput

    func run() async throws {
        try await input.run(.add)
    }
}
