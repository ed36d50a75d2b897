import MusterClient

// The daemon speaks of its methods and parameters, for programs; a person at a shell has verbs and
// options.

extension ServerError {
    /// What is wrong, by an option where there is one.
    var messageInVerbs: String {
        let words = message.ofAudiences.asMessage
        switch name {
        case "params.invalid", "instance.immutable":
            guard let pointer = details["pointer"]?.string, let rule = details["rule"]?.string,
                let option = Self.option(pointer)
            else { return words }
            return "\(option) \(rule)"
        case "sync.too_soon":
            guard let seconds = details["secondsLeft"]?.integer else { return words }
            return "this audience was uploaded within the hour; it can be sent again in "
                + seconds.secondsInWords
        default: return words
        }
    }

    /// What to do next, by a verb where there is one.
    var remedyInVerbs: String { Self.remedyInVerbs(of: name) ?? remedy.ofAudiences }

    /// The same for an error's name alone; nil where the daemon's own remedy is as good.
    static func remedyInVerbs(of name: String) -> String? { verbs[name] }

    /// The option that stands for a parameter.
    private static func option(_ pointer: String) -> String? {
        guard let name = pointer.split(separator: "/").last.map({ String($0) }) else { return nil }
        return switch name {
        case "instance": "the audience's name"
        case "member": "the address"
        case "schedule": "the schedule (--daily-at, --time-zone)"
        case "guard": "a guard (--shrink-members, --shrink-percent, --growth-factor)"
        default: options.contains(name) ? "--" + name.hyphenated : nil
        }
    }

    private static let options: Set = [
        "advertiserId", "audienceName", "region", "piiType", "credential", "externalAudienceId",
        "enabled", "dailyAt", "timeZone", "minimumMembers", "shrinkMembers", "shrinkPercent",
        "growthFactor", "expectCount",
    ]

    private static let verbs = [
        "request.invalid": "See what it takes with --help.",
        "params.invalid": "See what it takes with --help.",
        "method.unknown":
            "The daemon is of another version than this program; muster status tells which.",
        "instance.unknown":
            "muster instance list names those there are; muster instance configure makes one.",
        "run.unknown":
            "muster sync list INSTANCE names the runs of an audience; the log has older ones.",
        "version.conflict":
            "See with muster instance show what has changed, and decide anew.",
        "instance.immutable": "Make another audience with muster instance configure.",
        "instance.segment_taken":
            "Use that audience, or name another segment with --audience-name or "
            + "--external-audience-id.",
        "instance.count_changed":
            "Look at the audience with muster instance show; if all of it is to go, name its size now.",
        "frame.too_large": "Send fewer members at a time.",
        "sync.running": "Wait for the run to end; muster sync show tells how it fares.",
        "sync.too_soon": "Wait, or send it all the same with --again.",
        "sync.not_held":
            "muster sync list INSTANCE shows the latest run. It can be approved only while it is held "
            + "for shrink, growth, firstReplace or restored.",
        "sync.count_changed":
            "muster sync show RUN tells the count that can be approved. Where the audience has moved "
            + "away since, sync again and approve the run that is held then.",
        "stream.lagged": "Run it again.",
        "deadline.exceeded": "Run it again.",
    ]
}

extension ClientError {
    /// What went wrong, by an option where there is one.
    var messageInVerbs: String {
        guard case .refused(let error) = self else { return message }
        return error.messageInVerbs
    }

    /// What to do about it, by a verb where there is one.
    var remedyInVerbs: String? {
        guard case .refused(let error) = self else { return remedy }
        let remedy = error.remedyInVerbs
        return remedy.isEmpty ? nil : remedy
    }
}

extension JSONValue {
    /// What a row of what needs attention says.
    var messageInVerbs: String {
        (self["message"]?.string ?? "").replacing("by sync now", with: "by muster sync now")
            .ofAudiences
    }

    /// What to do about a row of what needs attention, by a verb where there is one.
    var remedyInVerbs: String {
        let instance = self["instance"]?.string ?? "INSTANCE"
        let run = self["run"]?.integer.map { String($0) } ?? "RUN"
        switch self["what"]?.string {
        case "held": return "muster sync show \(run) tells how to approve it, or what is missing."
        case "failed", "skipped": return "muster sync show \(run) tells what to do."
        case "unsent":
            return "muster instance check \(instance) proves whether it can be; then wait for its "
                + "schedule, or muster sync now \(instance)."
        case "schedule":
            return "Set one with muster instance configure \(instance) --daily-at 03:00 "
                + "--time-zone ZONE."
        case "zone":
            return "Install tzdata, or name another with muster instance configure \(instance) "
                + "--daily-at TIME --time-zone ZONE."
        case "upload":
            return "muster sync list \(instance) tells why nothing was sent; muster sync now "
                + "\(instance) sends it."
        default: return (self["remedy"]?.string ?? "").ofAudiences
        }
    }
}

extension Check.Problem {
    /// What to do about it, by an option where there is one.
    func remedyInVerbs(_ instance: String) -> String {
        let configure = "muster instance configure \(instance)"
        switch what {
        case "access":
            return
                "Ask The Trade Desk to give the token's user this advertiser and first-party data, "
                + "and compare --advertiser-id."
        case "rejected":
            return "Compare --advertiser-id; the message tells what The Trade Desk objects to."
        case "segment":
            return "Name the segment with \(configure) --external-audience-id ID, or make another "
                + "audience."
        default: return remedy.ofAudiences
        }
    }
}

extension String {
    /// The daemon's words in those of this program: an instance is the audience that it keeps, and
    /// The Trade Desk has its whole name.
    var ofAudiences: String {
        [
            ("The instance ", "The audience "), ("this instance", "this audience"),
            ("no instance", "no audience"), ("any instance", "any audience"),
            (" instances,", " audiences,"), ("TTD ", "The Trade Desk "),
            ("TTD;", "The Trade Desk;"),
            ("TTD.", "The Trade Desk."), ("TTD,", "The Trade Desk,"),
        ].reduce(self) { $0.replacing($1.0, with: $1.1) }
    }

    /// `advertiserId` as an option is called, `advertiser-id`.
    fileprivate var hyphenated: String {
        reduce(into: "") { text, letter in
            if letter.isUppercase { text += "-" }
            text += letter.lowercased()
        }
    }
}
