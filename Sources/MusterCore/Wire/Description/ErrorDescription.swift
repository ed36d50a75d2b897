/// What an error means, why it comes, and what to do about it.
///
/// Name, kind, message, remedy, exit code and whether to try again come from `Rejection`, where they
/// are stated. A new refusal is described in one place, beside its kin, and named in `sections`.
package struct ErrorDescription: Sendable {
    /// A refusal of this name, whose message, details and remedy are shown.
    package let example: Rejection
    package let details: Schema
    /// When it comes, in Markdown.
    package let causes: String
    /// What a program should do, in Markdown.
    package let clientAction: String

    /// Errors that belong together on the page.
    package struct Section: Sendable {
        package let title: String
        package let errors: [ErrorDescription]
    }

    init(
        _ example: Rejection, _ details: [Schema.Property] = [], causes: String,
        clientAction: String
    ) {
        self.example = example
        self.details = .object("", details)
        self.causes = causes
        self.clientAction = clientAction
    }

    /// The error's name and what a program may decide by.
    package var meaning: RejectionClass { example.classification }

    /// Every error, in the order of the page.
    package static let sections: [Section] = [
        Section(title: "The frame", errors: ofFrames),
        Section(title: "The request", errors: ofRequests),
        Section(title: "Rights", errors: ofAccess),
        Section(title: "What is named", errors: ofNames),
        Section(title: "Conflicts", errors: ofInstances + ofRuns),
        Section(title: "The daemon", errors: ofTheDaemon),
    ]

    /// Every error, in the order of the page.
    package static let all: [ErrorDescription] = sections.flatMap(\.errors)
}

extension MemberRejection {
    /// When a text is not taken, for the page of the errors.
    package var cause: String {
        switch self {
        case .empty: "nothing, or spaces only"
        case .notText: "not valid UTF-8"
        case .tooLong:
            "an address of more than 254 bytes, or a text of more than 512 with the spaces around it"
        case .whiteSpace:
            "white space inside an address; also a tab or a no-break space around it"
        case .controlCharacter: "a control character"
        case .manyAts: "an address with more than one `@`"
        case .emptyLocalPart: "nothing before the `@`, or nothing left of it under gmail's rules"
        case .emptyDomain: "nothing after the `@`"
        case .notAHash:
            "no `@`, and neither 64 hex digits nor 44 characters of base64 of 32 bytes; or 32 "
                + "bytes of zero, which stand for an erased person"
        case .addressNeeded: "a hash for an audience that stores addresses (only `member.add`)"
        case .phone:
            "a phone number: no `@`, but 7 to 15 digits, with or without `+` before them and spaces, "
                + "dots, hyphens or parentheses between them"
        case .suppressed:
            "a person whom the operator keeps out, because they asked for it (only `member.add`)"
        case .reserved:
            "a test identity of UID2 or EUID, which must never be sent (only `member.add`, and not "
                + "with a loopback endpoint)"
        }
    }
}
