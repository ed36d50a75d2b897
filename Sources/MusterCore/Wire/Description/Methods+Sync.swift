extension MethodDescription {
    static let syncNow = MethodDescription(
        .command, "sync.now",
        "Begins a run: the list is fixed as it stands, checked, and sent as one full replacement.",
        details: """
            The answer comes when the run has begun; `sync.show` tells how it goes on.

            `approve` lets the list pass the guard that held `run`, the latest of the instance. `count` is
            what `sync.show` tells of that run. The list may lack no more of the people last sent than the
            held one did (`shrink`), be no larger (`growth`), or no smaller (`firstReplace`); for `restored` as
            for `shrink`; a list that is further off is held again. Within 60 minutes of an upload `again` is
            needed too.

            With `more` the first reply is the answer, with `continues`; then comes a reply each time the run
            has changed, or about 1 MiB more of its list was uploaded, whose result is the run as in
            `sync.show`, and the last one shows how it ended. A client that reads slowly may miss steps
            between. The run goes on whatever becomes of the stream.
            """,
        params: [
            .required("instance", .instance()),
            .optional(
                "approve",
                .closed(
                    "a person's consent to a list that was held",
                    [
                        .required("run", .run("the run that was held")),
                        .required("count", .integer("the members of its list")),
                    ])),
            .optional(
                "again",
                .flag("send even within 60 minutes of the last upload").defaulting(to: false)),
        ],
        result: begun, stream: .either("", [begun, shownRun("the run, each time it has changed")]),
        errors: [
            Refusal(.instanceUnknown), Refusal(.runUnknown, "`approve` names no run"),
            Refusal(.syncRunning), Refusal(.syncTooSoon), Refusal(.syncNotHeld),
            Refusal(.syncCountChanged),
        ])

    private static let begun = Schema.object(
        "", [.required("run", .run("the run that began"))])

    static let syncList = MethodDescription(
        .query, "sync.list", "The last runs of an instance.",
        params: [.required("instance", .instance())],
        result: .object(
            "",
            [
                .required(
                    "runs",
                    .list(
                        "newest first, each as in `sync.show`; at most the last 1,000",
                        of: shownRun("")))
            ]),
        errors: [Refusal(.instanceUnknown)])

    static let syncShow = MethodDescription(
        .query, "sync.show", "One run.",
        details: """
            `succeeded` means that TTD's storage took the whole list. What TTD makes of it comes hours later
            and is not known here. A run is held as `restored` where the log was put back from a copy, so
            that TTD may hold a newer list than the log knows.
            """,
        params: [.required("run", .run())], result: shownRun(""), errors: [Refusal(.runUnknown)])

    static let syncPlan = MethodDescription(
        .query, "sync.plan", "What a run would do now, without doing it.",
        details: """
            Counts only; nothing is sent and nothing is recorded. It does not tell whether `sync.now` would
            be refused, as by `sync.too_soon` or `sync.running`.
            """,
        params: [.required("instance", .instance())],
        result: .object(
            "",
            [
                .required("position", .integer("where in the log the list stands")),
                .required("count", .integer("how many rows it has")),
                .required("digest", .hex("SHA-256 of the exact upload")),
                .required("bytes", .integer("its size")),
                .required("added", .integer("members that came since the last success, as sets")),
                .required("removed", .integer("members that went since the last success, as sets")),
                .required("lastSuccess", Schema.run("the run compared with").orNull),
                .required("stop", stop.orNull),
            ]),
        errors: [Refusal(.instanceUnknown)])

    private static let stop = Schema.object(
        "the guard that would stop the list; `null` where none would",
        [
            .required("state", .word("how the run would end", of: ["held", "skipped"])),
            .required("reason", .word("why", of: stopReasons)),
            .required("message", .text("why, for people")),
            .required("remedy", .text("what to do about it, for people")),
            .optional("remoteStale", .flag("as in `sync.show`; only of a skip")),
        ])

    private static let stopReasons =
        HoldReason.allCases.map(\.word) + SkipReason.allCases.map(\.word)

    /// One run, as `sync.show` answers it.
    static func shownRun(_ about: String) -> Schema {
        let none = "; `null` before it is fixed"
        let which: [Schema.Property] = [
            .required("run", .run()), .required("instance", .instance()),
            .required(
                "date",
                .date(
                    "the calendar date that a success settles, in the schedule's zone (UTC without "
                        + "a schedule)")),
            .required("cause", .word("why it began", of: RunReason.allCases.map(\.word))),
            .required("state", .word("how far it is; the last four are ends", of: Run.states)),
            .required("step", Schema.word("what is under way", of: Run.steps).orNull),
            .required(
                "reason",
                Schema.word(
                    "why it was held (\(words(HoldReason.allCases.map(\.word)))) or skipped "
                        + "(\(words(SkipReason.allCases.map(\.word))))", of: stopReasons
                ).orNull),
            .required(
                "class", Schema.word("why it failed", of: FailureClass.allCases.map(\.word)).orNull),
            .required("detail", Schema.text("what was found, in words").orNull),
            .required(
                "remoteStale",
                .flag("a list was skipped while an older one still stands at TTD")),
        ]
        let list: [Schema.Property] = [
            .required(
                "position", Schema.integer("where in the log the list stands" + none).orNull),
            .required("count", Schema.integer("how many rows it has" + none).orNull),
            .required("digest", Schema.hex("SHA-256 of the exact upload" + none).orNull),
            .required("bytes", Schema.integer("its size" + none).orNull),
            .required(
                "added",
                Schema.integer("members that came since the last success, as sets" + none).orNull),
            .required(
                "removed",
                Schema.integer("members that went since the last success, as sets" + none).orNull),
        ]
        return .object(about, which + list + course)
    }

    private static let course: [Schema.Property] = [
        .required("reference", Schema.text("TTD's name of the drop").orNull),
        .required("attempts", .integer("uploads begun")),
        .required(
            "requestId",
            Schema.text("TTD's own name of the call that opened the drop, for its support").orNull),
        .required("startedAt", .time("when it began")),
        .required("endedAt", Schema.time("when it ended; `null` under way").orNull),
        .required(
            "dropStatus",
            Schema.text(
                "what TTD said of the drop later: its form is not public, so it is only passed on, "
                    + "redacted, as text; in `sync.list` and `instance.list` always `null`, for "
                    + "want of room"
            ).orNull),
        .required("actor", .actor),
        .optional("approvedRun", .run("only of an approval: the run that had been held")),
        .optional(
            "sent",
            .integer(
                "only in a stream, while the list is uploaded: how many of its bytes were handed to "
                    + "the network so far")),
    ]

    private static func words(_ words: [String]) -> String {
        words.map { "`\($0)`" }.joined(separator: ", ")
    }
}
