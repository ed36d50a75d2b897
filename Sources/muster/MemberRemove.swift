import ArgumentParser

/// Removes members from an audience.
struct MemberRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove members from an audience.",
        discussion: """
            \(MemberInput.discussion)

            Examples:
              muster member remove acme-us - < address.txt
              muster member remove acme-us --file gone.txt --atomic

            \(MemberInput.jsonWords)
            """)

    @OptionGroup var input: MemberInput

    func validate() throws {
        if input.kind == .engage {
            throw ValidationError("Events say themselves who leaves; give them to member add.")
        }
    }

    func run() async throws {
        try await input.run(.remove)
    }
}
