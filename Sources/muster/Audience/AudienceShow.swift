import ArgumentParser
import MusterCore
import MusterStore

/// Shows an audience as it was.
struct AudienceShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an audience as it was at a moment: size, settings, last list sent.",
        discussion: """
            Names nobody. The digest is the SHA-256 of the list that would have been sent then, the same \
            that sync show and the log record for a run.

            Examples:
              muster audience show acme-us --at 2026-11-24T18:00:00Z
              muster audience show acme-us --at 4711 --json

            JSON: instance, position, at, count, bytes, digest, erasedBy, version, settings, \
            lastChange (position, at, type), lastSuccess (as in sync show).
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @Option(help: "A position, or a time such as 2026-11-23T03:00:00Z; else now.")
    var at: LogPoint?

    @OptionGroup var options: AudienceOptions

    func run() throws {
        let files = try options.directory.files()
        let reader = try Failure.ofLog { () throws(LogError) in try LogReader(files) }
        let past = try AudiencePast(
            reader, to: at, isQuiet: options.answer.quiet)
        let found = try past.instance(instance)
        let lists = AudienceLists(files, of: found)
        let view = AudienceView(
            past: past, instance: found, list: try lists.list(at: past.position),
            erasures: try lists.erasures(since: past.position))
        try options.answer.show(view.json) { view.text }
    }
}

/// An audience at a moment, for people and programs.
private struct AudienceView {
    let past: AudiencePast
    let instance: InstanceState
    let list: FrozenAudience
    let erasures: [Position]

    var json: JSON {
        var members = list.json(instance.id.text, erasedBy: erasures)
        let settings = EventFields.settings(SettingsChange(all: instance.settings))
        members += [
            ("at", .text(past.at?.text)), ("version", .number(instance.version)),
            ("settings", .object(JSONObject(settings))),
            (
                "lastChange",
                past.lastChange(of: instance).map {
                    [
                        "position": .number($0.position), "at": .string($0.at.text),
                        "type": .string($0.type.name),
                    ]
                } ?? .null
            ),
            ("lastSuccess", instance.lastSuccess.map { past.state.json(of: $0) } ?? .null),
        ]
        return .object(JSONObject(members))
    }

    var text: String {
        let settings = instance.settings
        var sheet = Sheet("\(instance.id.text) at position \(Int(list.position).grouped)")
        sheet.add("last event", past.at?.words)
        sheet.add("members", list.count.grouped)
        sheet.add(
            "last change",
            past.lastChange(of: instance).map {
                "\($0.type.name), event \($0.position), \($0.at.words)"
            })
        sheet.add("file", Int(list.bytes).size)
        sheet.add("digest", list.digest.hex)
        sheet.add("last sent", instance.lastSuccess.map(Self.words) ?? "nothing yet")
        sheet.add("audience", "\(settings.audienceName), \(settings.region.text)")
        sheet.add("stored", settings.piiType.text)
        sheet.add("syncs", settings.enabled ? "enabled" : "disabled")
        sheet.add("version", Int(instance.version).grouped)
        sheet.add("erased since", erasureWords(erasures))
        return sheet.text
    }

    private static func words(_ run: MusterCore.Run) -> String {
        let count = run.frozen.map { ", \(Int($0.count).counted("member"))" } ?? ""
        return "run \(run.id), \(run.endedAt?.words ?? run.date.text)\(count)"
    }
}
