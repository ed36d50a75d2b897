import ArgumentParser
import MusterClient

/// Makes an audience or changes its settings.
struct InstanceConfigure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "configure", abstract: "Make an audience or change its settings.",
        discussion: """
            The first time, --advertiser-id, --audience-name, --region and --pii-type are needed; \
            later, what is not named stays as it is.

            Examples:
              muster instance configure acme-us --advertiser-id abc123 \\
                --audience-name 'Acme customers' --region US --pii-type hashedEmail
              muster instance configure acme-us --daily-at 03:00 --time-zone UTC
              muster instance configure acme-us --disabled

            JSON: the result of instance.configure.
            """)

    enum Activity: String, EnumerableFlag {
        case enabled
        case disabled
    }

    @Argument(help: "The audience's name on this host: a-z 0-9 . _ -")
    var instance: String

    @Option(help: "The Trade Desk's id of the advertiser.")
    var advertiserId: String?

    @Option(help: "The segment's name at The Trade Desk.")
    var audienceName: String?

    @Option(help: "US, EU or APAC.")
    var region: String?

    @Option(help: "What is stored and sent: email or hashedEmail.")
    var piiType: String?

    @Option(help: "The name of the credential whose token is used.")
    var credential: String?

    @Option(help: "The CrmDataId of a segment that exists already.")
    var externalAudienceId: String?

    @Flag(name: .customLong("no-external-audience-id"), help: "Look the segment up by its name.")
    var noExternalAudienceId = false

    @Flag(help: "Whether syncs run.")
    var activity: Activity?

    @Option(help: "The local time of the daily sync, with --time-zone.")
    var dailyAt: String?

    @Option(help: "The zone of --daily-at, America/New_York for example.")
    var timeZone: String?

    @Flag(name: .customLong("no-schedule"), help: "Sync only on sync now.")
    var noSchedule = false

    @Option(help: "Send nothing with fewer members than this.")
    var minimumMembers: Int?

    @Option(help: "Hold a sync when more than this many members are gone, and --shrink-percent.")
    var shrinkMembers: Int?

    @Option(help: "Hold a sync when more than this share is gone, and --shrink-members.")
    var shrinkPercent: Int?

    @Option(help: "Hold a sync of more than this many times the last one's members.")
    var growthFactor: Int?

    @Option(help: "Change nothing unless the audience is at this version.")
    var expectedVersion: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func validate() throws {
        if externalAudienceId != nil, noExternalAudienceId {
            throw ValidationError("Name --external-audience-id or --no-external-audience-id.")
        }
        if (dailyAt == nil) != (timeZone == nil) {
            throw ValidationError("--daily-at and --time-zone go together.")
        }
        if dailyAt != nil, noSchedule {
            throw ValidationError("Name --daily-at or --no-schedule.")
        }
    }

    func run() async throws {
        let muster = try await connection.connect()
        let change = try await muster.configure(
            instance, settings, expectedVersion: expectedVersion)
        for warning in change.reply.warnings {
            let words = warning.message.replacing("sync.now", with: "muster sync now").ofAudiences
            Descriptor.error.say("warning: \(words) (\(warning.name))".printable)
        }
        try answer.confirm(change.reply.result) { Self.words(instance, change) }
    }

    /// What the options name, and nothing else.
    var settings: Configuration {
        var settings = Configuration()
        settings.advertiserId = advertiserId
        settings.audienceName = audienceName
        settings.region = region
        settings.piiType = piiType
        settings.credential = credential
        settings.enabled = activity.map { $0 == .enabled }
        settings.minimumMembers = minimumMembers
        settings.guardrails = Guardrails(
            shrinkMembers: shrinkMembers, shrinkPercent: shrinkPercent, growthFactor: growthFactor)
        if noExternalAudienceId { settings.externalAudienceId = .cleared }
        if let externalAudienceId { settings.externalAudienceId = .set(externalAudienceId) }
        if noSchedule { settings.schedule = .cleared }
        if let dailyAt, let timeZone {
            settings.schedule = .set(Schedule(dailyAt: dailyAt, timeZone: timeZone))
        }
        return settings
    }

    private static func words(_ instance: String, _ change: ConfigurationChange) -> String {
        let version = change.reply.version.map { " (version \($0.grouped))" } ?? ""
        if change.created { return "\(instance): made\(version)" }
        if change.changed.isEmpty { return "\(instance): nothing changed\(version)" }
        return "\(instance): changed \(change.changed.joined(separator: ", "))\(version)"
    }
}
