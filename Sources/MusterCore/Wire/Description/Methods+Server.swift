extension MethodDescription {
    static let hello = MethodDescription(
        .query, "hello", "Who is there and what it can do.",
        details: "Optional: a client that does not ask speaks protocol 1.",
        params: [
            .optional("client", .text("the client's name and version", bytes: TextLimit.client)),
            .optional(
                "protocol",
                .list(
                    "the versions the client speaks",
                    of: .integer("", in: -JSON.integerLimit...JSON.integerLimit), count: 1...16)),
        ],
        result: .object(
            "",
            [
                .required("server", .text("`musterd`")),
                .required("version", .text("the program's version")),
                .required("protocol", .integer("the version spoken from here on")),
                .required(
                    "capabilities",
                    .list(
                        "of this connection: `queries`, `streams`, and `commands` where it may "
                            + "command", of: .text(""))),
                .required("limits", limits), .required("logId", .logId()),
                .required("position", .integer("the log's end")),
            ]),
        errors: [Refusal(.protocolUnsupported, "none of the versions is spoken here")])

    private static let limits = Schema.object(
        "section 11 of the README",
        [
            .required("maxFrameBytes", .integer("bytes of a frame's body")),
            .required("maxMembers", .integer("members a command")),
            .required("maxInstances", .integer("instances")),
            .required("maxRequestsOpen", .integer("open requests a connection")),
            .required("maxConnections", .integer("open connections")),
            .required("maxConnectionsPerUser", .integer("open connections of one user")),
            .required("maxUnreadReplyBytes", .integer("bytes of replies not yet read")),
            .required("partialFrameSeconds", .integer("seconds for a frame to arrive")),
            .required(
                "slowReaderSeconds",
                .integer("seconds in which a client takes nothing of what waits for it")),
            .required("heartbeatSeconds", .integer("seconds a stream of `log.tail` is silent")),
            .required("listsAtOnce", .integer("streams of `member.list` that are read at once")),
            .required("maxNesting", .integer("levels of arrays and objects in a text")),
            .required("maxObjectMembers", .integer("fields of one object")),
            .required("maxValues", .integer("values of a text")),
            .required(
                "maxTextBytes",
                .object(
                    "bytes of a text, by the name of its field",
                    (TextLimit.json.object?.members ?? []).map {
                        .required($0.name, .integer("bytes"))
                    })),
            .required("commitBodyBytes", .integer("bytes of one write to the log")),
            .required("memberCommandIds", .integer("remembered ids of member commands")),
            .required("otherCommandIds", .integer("remembered ids of other commands")),
            .required("rejectedListed", .integer("rejected members listed in an answer")),
        ])

    static let ping = MethodDescription(
        .query, "ping",
        "Nothing but an answer, which shows that the daemon's loop turns and its log is open.",
        result: .object("", []))

    static let status = MethodDescription(
        .query, "status", "The daemon as a whole.",
        params: [
            .optional(
                "stateHash",
                .flag(
                    "also compute a hash of the whole state, which takes time with the number of "
                        + "members"))
        ],
        result: .object(
            "",
            [
                .required("version", .text("of the daemon")), .required("logId", .logId()),
                .required("startedAt", .time("when this process began")),
                .required(
                    "newestEventAt",
                    Schema.time(
                        "the latest time that an event or a snapshot carries; a clock that is before "
                            + "it went back"
                    ).orNull),
                .required("position", .integer("the last durable event")),
                .required("chain", .hex("the hash over the log up to `position`")),
                .required("segments", .integer("files of the log")),
                .required("bytes", .integer("bytes in use there")),
                .required("room", room),
                .required("commits", .integer("written since `startedAt`")),
                .required("snapshot", snapshot.orNull),
                .required("longestStops", stops),
                .required("connections", .integer("open now, on both sockets")),
                .required("streams", .integer("open now, on all connections")),
                .required("instances", .integer("how many there are")),
                .required("members", .integer("how many there are in all")),
                .required(
                    "suppressed",
                    .integer("how many people are kept out, each audience counted apart")),
                .required("runsUnderWay", .list("the runs under way", of: runUnderWay)),
                .required("runsEnded", runsEnded),
                .required(
                    "runsDue", .integer("instances whose time has come and whose run has not begun")
                ),
                .required("due", .list("the ten soonest", of: due)),
                .required("attention", .list("what needs a person", of: attention)),
                .optional(
                    "stateHash",
                    .hex(
                        "only where asked for; `muster log replay --hash` computes the same from "
                            + "the files")),
            ]))

    private static let snapshot = Schema.object(
        "the newest snapshot, which a start begins with",
        [.required("position", .integer("where it was taken")), .required("at", .time("when"))])

    private static let room = Schema.object(
        "what may still be written; `null` where the host does not tell",
        [
            .required(
                "bytes", Schema.integer("free where the state directory lies").orNull),
            .required(
                "bytesADay",
                Schema.integer(
                    "how much the log grew a day in the last week; `null` in its first day"
                ).orNull),
            .required("days", Schema.integer("how long `bytes` last at that").orNull),
        ])

    private static let runsEnded = Schema.object(
        "how many runs ended since `startedAt`, by how they did",
        ["succeeded", "failed", "held", "skipped"].map { .required($0, .integer("")) })

    private static let stops = Schema.object(
        "the longest times, in microseconds since `startedAt`, in which every client waited for one "
            + "thing; what is over some ten thousand speaks of a slow disk or a crowded host",
        [
            .required("frame", .integer("deciding and applying one command")),
            .required("commit", .integer("writing events and waiting for the disk")),
            .required("rotation", .integer("the same, where a new segment was begun with it")),
            .required("snapshot", .integer("handing over what a snapshot is made of")),
        ])

    private static let runUnderWay = Schema.object(
        "",
        [
            .required("instance", .instance()), .required("run", .run()),
            .required("step", .word("what it does now", of: Run.steps).orNull),
        ])

    private static let due = Schema.object(
        "",
        [.required("instance", .instance()), .required("nextSync", .time("when it begins"))])

    private static let attention = Schema.object(
        "",
        [
            .required("instance", .instance()), .required("run", Schema.run().orNull),
            .required(
                "what",
                .word(
                    "the kind: how the last run ended, or that there was none; what is wrong with "
                        + "the schedule or the credential; how near the token or the list at TTD "
                        + "is to its end",
                    of: [
                        "held", "failed", "skipped", "unsent", "schedule", "zone", "credential",
                        "token", "upload",
                    ])),
            .required(
                "urgency",
                .word(
                    "`bad` where a list is not sent, or soon will not be",
                    of: Urgency.allCases.map(\.rawValue))),
            .required("message", .text("what is the matter, for people")),
            .required("remedy", .text("what to do about it, for people")),
        ])
}

extension Run {
    /// The steps of a run under way, in the words of the protocol.
    package static let steps = ["freeze", "segment", "drop", "upload"]

    /// The states of a run, in the words of the protocol; all but the first two are ends.
    package static let states = ["requested", "running", "succeeded", "failed", "held", "skipped"]
}
