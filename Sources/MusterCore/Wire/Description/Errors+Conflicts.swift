extension ErrorDescription {
    static let ofInstances = [
        ErrorDescription(
            .versionConflict(expected: 41, actual: 42),
            [
                .required("expected", .integer("`expectedVersion`")),
                .required("actual", .integer("the version now")),
            ],
            causes: "The instance is not at `expectedVersion`: somebody changed it.",
            clientAction: "Read it and decide anew."),
        ErrorDescription(
            .commandIdReused,
            causes: "The `commandId` is that of an earlier command which was another.",
            clientAction: "Make a new id for each command."),
        ErrorDescription(
            .instanceImmutable(
                pointer: "/params/region", rule: "cannot change once a segment is resolved"),
            [
                .required("pointer", .text("the setting that cannot change any more")),
                .required("rule", .text("since when, for people")),
            ],
            causes: """
                A setting cannot change any more. TTD can neither rename a segment nor move it to another
                region.
                """,
            clientAction: "Configure another instance."),
        ErrorDescription(
            .segmentTaken(by: .example), [.required("instance", .instance("the other one"))],
            causes: "Two instances would send to one segment and overwrite each other.",
            clientAction: "Use the other instance, or name another segment."),
        ErrorDescription(
            .instanceLimit(State.instanceLimit),
            [.required("limit", .integer("as many as there may be"))],
            causes: "There are as many instances as there may be.",
            clientAction: "Use an instance that is there."),
        ErrorDescription(
            .instanceCountChanged(expected: 204, actual: 205),
            [
                .required("expected", .integer("`expectCount`")),
                .required("actual", .integer("the size now")),
            ],
            causes: "The audience does not have the size that was named: somebody changed it.",
            clientAction: "Look at the audience again before giving it up."),
    ]

    static let ofRuns = [
        ErrorDescription(
            .syncRunning(5130), [.required("run", .run("the one under way"))],
            causes: "A run of the instance is under way.",
            clientAction: "Wait for its end."),
        ErrorDescription(
            .syncTooSoon(secondsLeft: 1800),
            [.required("secondsLeft", .integer("the time to wait"))],
            causes: """
                The segment was uploaded less than 60 minutes ago, and TTD may still be working on it.
                """,
            clientAction: "Wait, or say `again`."),
        ErrorDescription(
            .syncCountChanged(expected: 204, actual: 180),
            [
                .required("expected", .integer("`approve.count`")),
                .required("actual", .integer("what it is")),
            ],
            causes: """
                `approve.count` is not the count that `sync.show` tells of the held run, or the audience
                has moved further from the last success since.
                """,
            clientAction: """
                Correct the count; where the audience has moved, ask for a new run and approve that one.
                """),
        ErrorDescription(
            .syncNotHeld(5130), [.required("run", .run("the one that was named"))],
            causes: """
                `approve` names a run that is not the latest of the instance, or is not held for `shrink`,
                `growth`, `firstReplace` or `restored`. The other reasons need a change in the world, and
                then a new run.
                """,
            clientAction: "Approve the latest run, or begin a new one."),
    ]

    static let ofTheDaemon = [
        ErrorDescription(
            .serverBusy(.all),
            [
                .required(
                    "limit",
                    .word(
                        "the name of the limit in `hello`: that of all, or that of this user",
                        of: ConnectionLimit.allCases.map(\.rawValue))),
                .required("value", .integer("that limit")),
            ],
            causes: """
                As many connections are open as may be, on both sockets together. The connection is closed.
                """,
            clientAction: """
                Try again after a moment, at growing intervals; of the user's own connections, close those
                that are idle.
                """),
        ErrorDescription(
            .serverStopping,
            causes: "The daemon is about to end.",
            clientAction: """
                Connect again; the service manager holds the socket and starts the daemon.
                """),
        ErrorDescription(
            .logFull,
            causes: """
                There is no room for another command in the state directory. Queries go on, and commands
                are taken again when there is room. Nothing is lost.
                """,
            clientAction: "Try again later; a person has to make room."),
        ErrorDescription(
            .streamLagged(resumeFrom: 5121),
            [.required("resumeFrom", .integer("the position to ask again from"))],
            causes: """
                The client took nothing of a stream for \(Limits.slowReaderSeconds) seconds
                while the daemon had more to say, and the stream ends here; what came before this reply is
                whole. `resumeFrom` is, of
                `log.tail`, the value for `from`, and of `member.list` the position of the list that was cut
                short.
                """,
            clientAction: """
                Read what comes at once and work on it elsewhere, or ask for pages.
                """),
        ErrorDescription(
            .deadlineExceeded,
            causes: """
                The request waited longer than its `deadlineMs`. It was not applied. A query waited that
                long, or \(Limits.positionWaitMilliseconds / 1000) seconds, for its `minPosition`.
                """,
            clientAction: "Try again with the same `commandId`."),
        ErrorDescription(
            .unavailable("The log could not be read."),
            causes: "A mistake in the daemon, or of its disk; the journal has more.",
            clientAction: "Report it."),
    ]
}

extension InstanceID {
    /// The name that examples use.
    fileprivate static let example: InstanceID = {
        guard let id = InstanceID("acme-us") else { preconditionFailure("it follows the pattern") }
        return id
    }()
}
