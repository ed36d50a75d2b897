import ArgumentParser

/// The verbs about who is in an audience.
struct MemberCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member", abstract: "Add people, remove them, look one up, list them.",
        subcommands: [
            MemberAdd.self, MemberRemove.self, MemberImport.self, MemberUndo.self,
            MemberShow.self, MemberListCommand.self,
        ])
}
