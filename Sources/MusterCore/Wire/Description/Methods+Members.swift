extension MethodDescription {
    static let memberAdd = MethodDescription(
        .command, "member.add", "Puts members into an instance's audience.",
        details: """
            `added + unchanged + rejectedCount` is the number of members given. Valid members of a list are
            taken and the others reported, unless the command is `atomic`. A command that adds nobody
            appends nothing.
            """,
        params: changedMembers, result: change("added", "how many came in"), errors: changeErrors)

    static let memberRemove = MethodDescription(
        .command, "member.remove", "Takes members out of an instance's audience.",
        details: """
            As `member.add`; `removed` takes the place of `added`, and `unchanged` counts those who were not
            there. Any form is taken in any instance. The example is a repeated command (P-ID-2).
            """,
        params: changedMembers, result: change("removed", "how many went out"),
        errors: changeErrors)

    static let memberShow = MethodDescription(
        .query, "member.show", "Whether somebody is in the audience.",
        details: "`version` of the instance stands beside the result.",
        params: [
            .required("instance", .instance()),
            .required("member", .member("one member, in any form")),
        ],
        result: .object("", [.required("member", .flag("whether it is in"))]),
        errors: [Refusal(.instanceUnknown), Refusal(.memberInvalid)])

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

    private static func change(_ name: String, _ about: String) -> Schema {
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
