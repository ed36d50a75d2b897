extension MethodDescription {
    static let describe = MethodDescription(
        .query, "describe", "The protocol as this daemon speaks it, as data.",
        details: """
            Without parameters: every method, error and event with its summary. With the name of one: that
            one, whole. With `all`: all of them, whole.

            Schemas are JSON Schema (draft 2020-12) of the keywords `type`, `description`, `properties`,
            `required`, `additionalProperties`, `items`, `minItems`, `maxItems`, `enum`, `format`,
            `pattern`, `maxLength`, `minimum`, `maximum`, `default`, `anyOf`, `oneOf` and `not`. One is added:
            `maxBytes` counts the bytes of a string in UTF-8. Objects of answers are open, because later
            versions add to them.
            """,
        params: Schema.closed(
            "",
            [
                .optional("method", .text("the name of a method", bytes: 64)),
                .optional("error", .text("the name of an error", bytes: 64)),
                .optional("event", .text("the type of an event", bytes: 64)),
                .optional("all", .flag("everything, whole").defaulting(to: false)),
            ]
        ).withAtMostOne(of: ["method", "error", "event", "all"]),
        result: .object(
            "",
            [
                .required("protocol", .integer("the version that is described")),
                .required("methods", .list("methods", of: method)),
                .required("errors", .list("errors", of: error)),
                .required("events", .list("events of the log", of: event)),
            ]),
        errors: [Refusal(.paramsInvalid, "there is nothing of that name")])

    private static let method = Schema.object(
        "",
        [
            .required("name", .text("its name")),
            .required(
                "kind", .word("whether it may append to the log", of: ["command", "query"])),
            .required("summary", .text("what it is for, in a sentence")),
            .optional("details", .text("more, in Markdown")),
            .optional("params", .anyObject("the schema of its parameters")),
            .optional("result", .anyObject("the schema of its result")),
            .optional(
                "stream",
                .anyObject("of a method that takes `more`: the schema of each reply's result")),
            .optional(
                "errors",
                .list(
                    "what it may be refused with; its own first",
                    of: .object(
                        "",
                        [
                            .required("name", .text("the error's name")),
                            .optional("when", .text("when it comes")),
                        ]))),
            .optional(
                "warnings",
                .list(
                    "what may be remarked beside its result",
                    of: .object(
                        "",
                        [
                            .required("name", .text("the warning's name")),
                            .required("when", .text("when it comes")),
                        ]))),
        ])

    private static let error = Schema.object(
        "",
        [
            .required("name", .text("its name")), .required("kind", .text("its family")),
            .required("summary", .text("its message, as an example")),
            .optional("retryable", .flag("whether the same request may succeed later")),
            .optional("applied", .word("whether the command took effect", of: ["no", "yes"])),
            .optional("exitCode", .integer("the exit code of `muster` for it")),
            .optional("causes", .text("when it comes, in Markdown")),
            .optional("clientAction", .text("what a program should do")),
            .optional("remedy", .text("what a person can do, as it is answered")),
            .optional("details", .anyObject("the schema of its details")),
        ])

    private static let event = Schema.object(
        "",
        [
            .required("name", .text("its type")),
            .required("summary", .text("what happened, in a sentence")),
            .optional("fields", .anyObject("the schema of its JSON form")),
        ])
}
