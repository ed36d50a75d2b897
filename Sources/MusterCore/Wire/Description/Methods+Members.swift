extension MethodDescription {
    static let memberAdd = MethodDescription(
        .command, "member.add", "Puts members into an instance's audience.",
        details: """
            `added + unchanged + rejectedCount` is the number of members given. Valid members of a list are
            taken and the others reported, unless the command is `atomic`. A command that adds nobody
            appends nothing.
            """,
        params: changedMembers, result: membership("added", "how many came in"),
        errors: changeErrors)

    static let memberRemove = MethodDescription(
        .command, "member.remove", "Takes members out of an instance's audience.",
        details: """
            As `member.add`; `removed` takes the place of `added`, and `unchanged` counts those who were not
            there. Any form is taken in any instance. The example is a repeated command (P-ID-2).
            """,
        params: changedMembers, result: membership("removed", "how many went out"),
        errors: changeErrors)

    static let memberShow = MethodDescription(
        .query, "member.show", "Whether somebody is in the audience, and since when and by whom.",
        details: """
            `version` of the instance stands beside the result. For `history` the daemon reads its whole log,
            so the answer takes time, counts as an open request meanwhile, and tells what was so at its
            `position`. The query socket does not take this method.
            """,
        params: [
            .required("instance", .instance()),
            .required("member", .member("one member, in any form")),
            .optional(
                "history",
                .flag("also tell the events that made it so").defaulting(to: false)),
        ],
        result: .object(
            "",
            [
                .required("member", .flag("whether it is in")),
                .optional(
                    "history",
                    .list(
                        "with `history`: the events that took the member in or out, newest first, "
                            + "\(Int64(MemberHistory.limit).grouped) at most", of: change)),
                .optional("truncated", .flag("with `history`: whether there were more")),
            ]),
        errors: [Refusal(.instanceUnknown), Refusal(.memberInvalid), Refusal(.accessDenied)])

    private static let change = Schema.object(
        "",
        [
            .required("position", .integer("the event's number in the log")),
            .required("at", .time("when it was decided")),
            .required(
                "event",
                .word(
                    "what it did", of: ["membersAdded", "membersRemoved", "instanceRetired"])),
            .required("actor", .actor),
            .optional(
                "members",
                .integer("how many came or went in it, the member too, less those erased since")),
            .optional("commandId", .commandId),
        ])

    static let memberList = MethodDescription(
        .query, "member.list", "The digests of an audience, in order.",
        details: """
            A digest stands for a person: treat the answer as you treat addresses. A page is true at its
            `position`; the next page is of a later one, so members that come and go between them may be
            missed or not. With `more` all replies are of one `position`, and together they are exactly the
            audience there. The query socket does not take this method.

            With `addedBy` only those are listed, and counted, who came in by a command of this id, or of one
            that begins with it and a hyphen, and have been in ever since. Whoever left and came in again by
            another command is not among them. A command that found somebody in already leaves no trace of
            them and changes nothing here. The whole log is read for it.
            """,
        params: [
            .required("instance", .instance()),
            .optional(
                "from", .text("begin behind this digest, in hex", pattern: "^[0-9a-fA-F]{64}$")),
            .optional(
                "limit",
                .integer(
                    "the most digests of a page, and of each reply of a stream",
                    in: 1...Int64(DigestListing.mostLimit)
                ).defaulting(to: .integer(Int64(DigestListing.defaultLimit)))),
            .optional(
                "addedBy",
                .text(
                    "only those who came in by the command of this id, or by those whose id begins "
                        + "with it and a hyphen, and stayed",
                    pattern: "^[A-Za-z0-9._:-]{1,64}$")),
        ],
        result: digests, stream: digests,
        errors: [
            Refusal(.instanceUnknown), Refusal(.accessDenied),
            Refusal(
                .streamLagged,
                "`resumeFrom` is the position of the list; begin anew, or behind the last digest "
                    + "that came"),
        ])

    private static let digests = Schema.object(
        "",
        [
            .required("members", .list("the digests, in any audience", of: .hex(""))),
            .required("next", Schema.hex("the one to go on behind; `null` at the end").orNull),
            .required("count", .integer("how many there are in all")),
        ])

    private static let changedMembers = Schema.closed(
        "",
        [
            .required("instance", .instance()),
            .optional("member", .member("one member; this or `members`")),
            .optional(
                "members",
                .list(
                    "members; this or `member`", of: .member(""), count: 1...MemberList.limit)),
            .optional(
                "atomic",
                .flag("one rejected member refuses the whole command").defaulting(to: false)),
        ]
    ).withExactlyOne(of: ["member", "members"])

    private static func membership(_ name: String, _ about: String) -> Schema {
        .object(
            "",
            [
                .required(name, .integer(about)),
                .required(
                    "unchanged",
                    .integer(
                        "how many were in (or out) already, also by an earlier place of the same "
                            + "list")),
                .required(
                    "rejected",
                    .list(
                        "the first \(Int64(RejectedMembers.listed).grouped)",
                        of: .rejectedMember)),
                .required("rejectedCount", .integer("all of them")),
                .required("members", .integer("the size after the command")),
            ])
    }

    private static let changeErrors = [
        Refusal(.instanceUnknown), Refusal(.memberInvalid, "with `member`"),
        Refusal(.membersInvalid, "with `atomic`"),
    ]
}

extension Schema {
    static let rejectedMember = object(
        "",
        [
            .required("index", integer("its place in the list, from 0")),
            .required("reason", memberReason),
        ])
}
