import ArgumentParser
import MusterClient

/// Shows one audience.
struct InstanceShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an audience: settings, size, last and next sync.",
        discussion: """
            Examples:
              muster instance show acme-us

            JSON: the result of instance.show.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let shown = try await connection.connect().instance(instance)
        try answer.show(shown.json) { shown.sheet }
    }
}

extension Instance {
    fileprivate var sheet: String {
        var sheet = Sheet(name)
        sheet.add("members", "\(members.grouped) (version \(version.grouped))")
        sheet.add("segment", segmentWords)
        sheet.add("last sync", lastSync?.summary ?? "none yet")
        sheet.add("next sync", nextSync?.readableTime ?? "none")
        sheet.add("last upload", uploadWords)
        sheet.add("token", health.tokenDaysLeft.map { "expires in \($0.counted("day"))" })
        sheet.add("advertiser", advertiserId)
        sheet.add("audience name", audienceName)
        sheet.add("region", region)
        sheet.add("stores", piiType == "email" ? "addresses (email)" : "SHA-256 (\(piiType))")
        sheet.add("credential", "\(credential), for \(endpoint)")
        sheet.add("schedule", schedule.map { "daily at \($0.dailyAt), \($0.timeZone)" } ?? "none")
        sheet.add("syncs", isEnabled ? "enabled" : "disabled")
        sheet.add("at least", minimumMembers.counted("member"))
        sheet.add("held when", guardrails.words)
        return sheet.text
    }

    private var segmentWords: String {
        guard let segment else {
            return externalAudienceId.map { "\($0), given" } ?? "not known yet"
        }
        let origin = segment.origin.map { ", \($0)" } ?? ""
        let first = segment.firstPartyDataId.map { " (FirstPartyDataId \($0))" } ?? ""
        return "\(segment.crmDataId)\(first)\(origin)"
    }

    private var uploadWords: String {
        guard let days = health.daysSinceUpload else { return "none yet" }
        let kept = health.retentionDays.map { "; kept \($0.counted("day"))" } ?? ""
        return "\(days == 0 ? "today" : "\(days.counted("day")) ago")\(kept)"
    }
}

extension Guardrails {
    fileprivate var words: String? {
        var parts: [String] = []
        if let shrinkMembers, let shrinkPercent {
            parts.append(
                "more than \(shrinkMembers.counted("member")) and \(shrinkPercent) % are gone")
        }
        if let growthFactor { parts.append("it grew more than \(growthFactor.grouped) times") }
        return parts.isEmpty ? nil : parts.joined(separator: ", or ")
    }
}
