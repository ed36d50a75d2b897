import ArgumentParser

/// The verbs about sending an audience.
struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Send audiences, and look at what was sent.",
        subcommands: [
            SyncNow.self, SyncApprove.self, SyncPlan.self, SyncList.self, SyncShow.self,
        ])
}
