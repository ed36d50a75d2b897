import MusterClient

// The daemon's remedies speak of its methods, for programs; a person at a shell has verbs.

extension ServerError {
    /// What to do next, by a verb where there is one.
    var remedyInVerbs: String { Self.verbs[name] ?? remedy }

    private static let verbs = [
        "request.invalid": "See the verb's --help.",
        "params.invalid": "See the verb's --help.",
        "instance.unknown":
            "muster instance list shows those there are; muster instance configure makes one.",
        "run.unknown": "muster sync list INSTANCE shows the runs of an audience.",
        "version.conflict":
            "See what has changed with muster instance show, and decide anew.",
        "instance.immutable": "Make another audience with muster instance configure.",
        "instance.count_changed":
            "Look at the audience with muster instance show; if all of it is to go, name its size now.",
        "sync.running": "Wait for the run to end; muster sync show tells its step.",
        "sync.too_soon": "Wait, or send it all the same with --again.",
        "sync.count_changed":
            "muster sync show tells the count that can be approved; where the audience has moved "
            + "away since, sync again and approve the run that is held then.",
    ]
}

extension ClientError {
    /// What to do about it, by a verb where there is one.
    var remedyInVerbs: String? {
        guard case .refused(let error) = self else { return remedy }
        let remedy = error.remedyInVerbs
        return remedy.isEmpty ? nil : remedy
    }
}

extension JSONValue {
    /// What to do about a row of what needs attention, by a verb where there is one.
    var remedyInVerbs: String {
        let instance = self["instance"]?.string ?? "INSTANCE"
        let run = self["run"]?.integer.map { String($0) } ?? "RUN"
        switch self["what"]?.string {
        case "held": return "muster sync show \(run) tells how to approve it, or what is missing."
        case "failed": return "muster sync show \(run) tells what was objected to, and what to do."
        case "skipped": return "muster sync show \(run) tells what to do."
        case "unsent":
            return "muster instance check \(instance) tells whether it can be; then wait for its "
                + "schedule, or muster sync now \(instance)."
        case "schedule":
            return "muster instance configure \(instance) --daily-at 03:00 --time-zone ZONE."
        case "zone":
            return "Install tzdata, or name another with muster instance configure \(instance)."
        default: return self["remedy"]?.string ?? ""
        }
    }
}
