import ArgumentParser

/// The verbs about an audience and its settings.
struct InstanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "instance", abstract: "Set up audiences and look at them.",
        subcommands: [
            InstanceConfigure.self, InstanceShow.self, InstanceList.self, InstanceCheck.self,
            InstanceRetire.self,
        ])
}
