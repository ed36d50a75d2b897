extension EventDescription {
    static let instanceConfigured = EventDescription(
        "instanceConfigured",
        "An instance came into being, or some of its settings changed; only those are named.",
        [.optional("created", .flag("`true` on the event that creates the instance"))]
            + Schema.changedSettings)

    static let membersAdded = EventDescription(
        "membersAdded", "Members came in; only those that were not in.", members)

    static let membersRemoved = EventDescription(
        "membersRemoved", "Members went out; only those that were in.", members)

    private static let members: [Schema.Property] = [
        .required("members", .integer("how many")),
        .required("unchanged", .integer("how many of the command were in, or out, already")),
        .optional(
            "identities",
            .list("only where asked for: digests in hex, or addresses", of: .text(""))),
    ]

    static let syncRequested = EventDescription(
        "syncRequested", "A run began; its number is this event's position.",
        [
            .required("date", .date("the calendar date that a success settles")),
            .required("reason", .word("why it began", of: RunReason.allCases.map(\.word))),
            .optional("approves", .run("of an approval: the run that was held")),
            .optional("count", .integer("of an approval: the members of its list")),
        ])

    static let syncFrozen = EventDescription(
        "syncFrozen", "The list of a run was fixed: exactly the audience at one position.",
        [
            run, .required("frozenAt", .integer("that position")),
            .required("count", .integer("how many rows it has")),
            .required("bytes", .integer("its size")),
            .required("digest", .hex("SHA-256 of the exact upload")),
            .required("added", .integer("members that came since the last success")),
            .required("removed", .integer("members that went since the last success")),
            .required("endpoint", .text("where it is sent")),
            .required("credential", .text("with which credential")),
            .required("advertiserId", .text("for which advertiser")),
            .required("audienceName", .text("to the segment of which name")),
            .required("region", .region), .required("piiType", .piiType),
            .optional("externalAudienceId", .text("to which segment, where it was given")),
        ])

    static let segmentCreationIntended = EventDescription(
        "segmentCreationIntended", "A run is about to create the segment at TTD.", [run])

    static let segmentResolved = EventDescription(
        "segmentResolved", "The segment at TTD is known.",
        [
            run,
            .required(
                "origin",
                .word("how it came to be used", of: SegmentOrigin.allCases.map(\.word))),
            .required("crmDataId", .text("TTD's id of it")),
            .optional("firstPartyDataId", .text("TTD's other id of it")),
        ])

    static let dropOpened = EventDescription(
        "dropOpened", "TTD gave the run a place to upload to.",
        [run, .required("reference", .text("TTD's name of the drop"))])

    static let uploadStarted = EventDescription(
        "uploadStarted", "An upload began.",
        [run, .required("attempt", .integer("which, from 1", in: 1...JSON.integerLimit))])

    static let uploaded = EventDescription(
        "uploaded", "TTD's storage took the whole list.",
        [
            run, .required("status", .integer("its HTTP status")),
            .required("bytes", .integer("how many were sent")),
            .optional("requestId", .text("TTD's own name of the call that opened the drop")),
        ])

    static let syncSucceeded = EventDescription("syncSucceeded", "A run succeeded.", [run])

    static let syncFailed = EventDescription(
        "syncFailed", "A run failed.",
        [
            run, .required("class", .word("why", of: FailureClass.allCases.map(\.word))),
            .required("detail", .text("what was found, in words; may be empty")),
        ])

    static let syncHeld = EventDescription(
        "syncHeld", "A run ended because a person, or a new credential, is needed.",
        [
            run, .required("reason", .word("why", of: HoldReason.allCases.map(\.word))),
            .required("detail", .text("what was found, in words; may be empty")),
        ])

    static let syncSkipped = EventDescription(
        "syncSkipped", "A run ended without sending anything.",
        [
            run, .required("reason", .word("why", of: SkipReason.allCases.map(\.word))),
            .required("remoteStale", .flag("an older list still stands at TTD")),
        ])

    static let dropStatusSeen = EventDescription(
        "dropStatusSeen", "TTD was asked what became of a drop.",
        [
            run, .required("status", .integer("its HTTP status; 0 where it said nothing")),
            .required("answer", .text("its answer, redacted; may be empty")),
        ])

    static let tailRepaired = EventDescription(
        "tailRepaired", "A start cut an unfinished commit off the log's end.",
        [
            .required("cutSegment", .integer("the file it was cut from")),
            .required("cutOffset", .integer("where it began")),
            .required("cutBytes", .integer("how much was cut")),
            .required("cutDigest", .hex("SHA-256 of what was cut")),
        ], concernsInstance: false)

    static let logAdopted = EventDescription(
        "logAdopted", "An operator took over a log that was put back from a copy.",
        [
            .required("logId", .logId("the id that clients see from here on")),
            .required(
                "durable",
                .integer(
                    "up to where the log was known to have been durable; 0 where nothing told")),
        ], concernsInstance: false)

    static let instanceRetired = EventDescription(
        "instanceRetired",
        "Everybody left an audience at once, and it is not sent any more until it is enabled.",
        [.required("members", .integer("how many left"))])

    static let erased = EventDescription(
        "erased", "An operator erased people from the log; this names nobody.",
        [
            .required("slots", .integer("how many places of the log named them")),
            .required(
                "commits",
                .list(
                    "the commits that held these places",
                    of: .object(
                        "",
                        [
                            .required(
                                "position", .integer("of the commit's first event")),
                            .required("slots", .integer("how many of its places were zeroed")),
                        ]))),
        ], concernsInstance: false)

    static let suppressionChanged = EventDescription(
        "suppressionChanged",
        "An operator keeps people out of audiences, or does so no longer; this names nobody.",
        [
            .required("lifted", .flag("they may come again")),
            .required("people", .integer("how many, each audience counted apart")),
        ], concernsInstance: false)

    private static let run = Schema.Property.required("run", .run())
}
