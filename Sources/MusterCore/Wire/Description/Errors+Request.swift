extension ErrorDescription {
    static let ofFrames = [
        ErrorDescription(
            .frameInvalid(first: Array("GET ".utf8)),
            [
                .required(
                    "first", .text("up to four bytes that came, in hex", pattern: "^[0-9a-f]{2,8}$")
                )
            ],
            causes: """
                What came is no frame: its first byte is not 0, or its length is 0. The daemon closes the
                connection. Usual cause: JSON or HTTP sent without the length in front, or the length in the
                wrong byte order.
                """,
            clientAction: "A mistake in the program."),
        ErrorDescription(
            .frameTooLarge(length: 5_000_000, limit: Frame.defaultLimit),
            [
                .required("length", .integer("the length that came")),
                .required("limit", .integer("what is allowed")),
            ],
            causes: """
                The body is longer than the daemon takes. It was read and dropped, and the connection goes
                on.
                """,
            clientAction: "Split the command."),
    ]

    static let place: [Schema.Property] = [
        .required("pointer", .text("the place, as a JSON pointer; empty for the whole")),
        .required("rule", .text("what it breaks, for people")),
    ]

    static let ofRequests = [
        ErrorDescription(
            .requestInvalid(pointer: "/expectedVersion", rule: "is for commands only"), place,
            causes: """
                The body is not JSON as section 3 of the README wants it, is no object, lacks `id` or
                `method`, or has a field of the wrong type or an unknown one. `id` is `null` where it could
                not be read.
                """,
            clientAction: "A mistake in the program."),
        ErrorDescription(
            .methodUnknown,
            causes: "No such method in this version. The name is not repeated.",
            clientAction: "Do without, or use a newer daemon."),
        ErrorDescription(
            .paramsInvalid(pointer: "/params/instance", rule: "is required"), place,
            causes: "As `request.invalid`, for the parameters of the method.",
            clientAction: "Correct the value."),
        ErrorDescription(
            .protocolUnsupported,
            [
                .required("min", .integer("the oldest version that is spoken")),
                .required("max", .integer("the newest")),
            ],
            causes: "`hello` named only versions that the daemon does not speak.",
            clientAction: "Speak one of those versions, or use another daemon."),
    ]

    static let ofAccess = [
        ErrorDescription(
            .accessDenied(AccessDenial(door: .command, uid: 1001, groups: ["muster"])),
            [
                .required(
                    "socket",
                    .word(
                        "the one the connection came in by",
                        of: [Door.command.rawValue, Door.query.rawValue])),
                .required("groups", .list("whose members may command", of: .text(""))),
            ],
            causes: """
                This connection may not ask for that (section 12 of the README). On the command socket: the
                user is in none of the groups, and `remedy` says how to join one. On the query socket, which
                takes no commands and tells nothing of a single member whoever asks: use the command socket.
                """,
            clientAction: """
                Tell the person; trying again does not help before the user has logged in again.
                """)
    ]

    static let ofNames = [
        ErrorDescription(
            .instanceUnknown,
            causes: "No instance has this name. It is not repeated.",
            clientAction: "List the instances, or configure it."),
        ErrorDescription(
            .runUnknown,
            causes: """
                No run has this number, or it is older than the last 1,000 of its instance.
                """,
            clientAction: "List the runs of the instance."),
        ErrorDescription(
            .memberInvalid(.notAHash), [.required("reason", .memberReason)],
            causes: """
                The one `member` of the command or query is not acceptable. The same reasons stand in
                `rejected` of `member.add` and `member.remove`; later versions may add some.
                """,
            clientAction: "Correct the member, or leave it out."),
        ErrorDescription(
            .membersInvalid(RejectedMembers()),
            [
                .required(
                    "rejected",
                    .list(
                        "the first \(Int64(RejectedMembers.listed).grouped), by index",
                        of: .rejectedMember)),
                .required("rejectedCount", .integer("all of them")),
            ],
            causes: """
                An `atomic` command had members that are not acceptable. Nothing was applied.
                """,
            clientAction: "Correct the members, or leave them out."),
    ]
}
