import MusterCore

extension ReferencePages {
    static var methods: String {
        let overview =
            ["| | |", "|---|---|"]
            + [("commands", .command), ("queries", .query)].map { title, kind in
                "| \(title) | \(links(of: kind)) |"
            }
        return joined(
            [intro, overview.joined(separator: "\n"), terms] + MethodDescription.all.map(text))
    }

    private static var intro: String {
        """
        # Methods of protocol 1

        \(notice)

        Read [`README.md`](README.md) first. Commands append to the log and may carry `commandId` and
        `expectedVersion`; queries change nothing. Beside the errors listed with a method, any request may
        meet \(names(MethodDescription.errorsOfAny)), and any command
        \(names(MethodDescription.errorsOfCommands)). The same is answered by `describe`, as data.
        """
    }

    private static let terms = """
        **Names.** An `instance` is one audience and where it goes: `[a-z0-9][a-z0-9._-]{0,62}`. A `run` is one
        attempt to send it; its id is a position in the log. The name of a `credential` follows the same
        pattern as that of an instance.

        **Members.** A member is given in one of three forms, and all three may stand in one list:

        - an address, which has an `@`. Spaces around it are removed and ASCII letters made small; where the
          domain is exactly `gmail.com`, dots in front of the `@` and everything from the first `+` there are
          removed too. These are the rules of UID2 and EUID. White space or control characters that remain
          are refused;
        - the SHA-256 of a so normalised address as 64 hex digits, in either case, spaces around it removed;
        - the same as 44 characters of base64.

        All forms of one address are one member. Reasons for a rejection are listed with
        [`member.invalid`](errors.md#memberinvalid).

        **Tables.** A name with a dot stands inside the object before the dot, one with `[]` in each element of
        the array before it. Parameters are optional unless they are said to be required, and others are
        refused. Results may gain fields.
        """

    private static func links(of kind: MethodDescription.Kind) -> String {
        MethodDescription.all.filter { $0.kind == kind }.map { link($0.name) }.joined(
            separator: ", ")
    }

    private static func names(_ errors: [RejectionClass]) -> String {
        errors.map { link($0.name, "errors.md") }.joined(separator: ", ")
    }

    private static func text(_ method: MethodDescription) -> String {
        let params = rows(method.params.json, .sent)
        let result = rows(method.result.json, .answered)
        let errors = method.errors.map { refusal in
            link(refusal.error.name, "errors.md")
                + (refusal.when.isEmpty ? "" : " (\(refusal.when))")
        }
        let warnings = method.warnings.map { "`\($0.name)` (\($0.when))" }
        // One that is the result again needs no second table.
        let stream =
            method.stream == method.result ? [] : rows(method.stream?.json ?? [:], .answered)
        let examples = Example.all.map(\.name).filter {
            !$0.hasPrefix("error.")
                && ($0 == method.name || $0.hasPrefix("\(method.name)."))
        }.map { "```json\n\(Tree.text("proto-docs/examples/\($0).json") ?? "")```" }
        let paragraphs = [
            "## \(method.name)",
            "\(method.summary) A \(method.kind.rawValue)\(method.stream == nil ? "" : ", also as a stream").",
            method.details,
            params.isEmpty
                ? "No parameters."
                : (["| parameter | value | |", "|---|---|---|"] + params).joined(separator: "\n"),
            result.isEmpty
                ? "The result is empty."
                : (["| result | value | |", "|---|---|---|"] + result).joined(separator: "\n"),
            stream.isEmpty
                ? ""
                : (["| result of a stream | value | |", "|---|---|---|"] + stream)
                    .joined(separator: "\n"),
            warnings.isEmpty ? "" : "Warnings: \(warnings.joined(separator: ", ")).",
            errors.isEmpty ? "" : "Errors: \(errors.joined(separator: ", ")).",
        ]
        return (paragraphs + examples).filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}
