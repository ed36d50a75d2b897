extension MethodDescription {
    static let logTail = MethodDescription(
        .query, "log.tail",
        "Events of the log, in order, as counts and never with people, on whatever socket.",
        details: """
            Without `more` the result is one page. There is more while `next` is not beyond the reply's
            `position`, also where a page is short or empty: a page looks at a limited part of the log.

            With `more` each reply has one of `events`, `caughtUp` and `heartbeat`, and its `position` is the
            one up to which everything wanted has been told, so that `position` + 1 is where to go on from.

            An event is an object as in [`events.md`](events.md), without `identities`, `segment` and
            `offset`.
            """,
        params: [
            .optional(
                "from",
                Schema.either(
                    "the first event to tell; `end` is behind the last one there is; a position more "
                        + "than one beyond the log's end is refused",
                    [
                        .word("", of: ["start", "end"]),
                        .integer("", in: 1...JSON.integerLimit),
                    ]
                ).defaulting(to: "start")),
            .optional(
                "types",
                .list(
                    "only these types of event",
                    of: .word("", of: EventType.allCases.map(\.name)), count: 1...64)),
            .optional("instance", .instance("only events of this audience and of its runs")),
            .optional(
                "follow",
                .flag("with `more` only: go on with later events").defaulting(to: false)),
        ],
        result: .object(
            "",
            [
                .required(
                    "events",
                    .list("\(Int64(LogTail.pageLimit).grouped) at most", of: event)),
                .required("next", .integer("the position to go on from")),
            ]),
        stream: .object(
            "",
            [
                .optional(
                    "events",
                    .list("events that are wanted", of: event, count: 1...LogTail.pageLimit)),
                .optional(
                    "caughtUp",
                    .integer(
                        "once: every event up to this position has been told. It is the last reply "
                            + "without `follow`; then the end is that of the moment of the request")
                ),
                .optional(
                    "heartbeat",
                    .integer(
                        "nothing was sent for \(Limits.heartbeatSeconds) seconds; every wanted event "
                            + "up to this position has been told")),
            ]),
        errors: [Refusal(.instanceUnknown), Refusal(.streamLagged)])

    private static let event = Schema.anyObject("an event")
}
