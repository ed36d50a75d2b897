import MusterCore

extension ReferencePages {
    static var errors: String {
        let intro = """
            # Errors of protocol 1

            \(notice)

            Programs compare `name`; people read `message` and `remedy`. "Exit" is the exit code of the `muster`
            command line for it. "Again" says whether the same request may succeed later as it is
            (`retryable`). `applied` is `"no"`: a refused command has changed nothing. Only in an error that
            ends the stream of a `sync.now` it is `"yes"`: the run was begun. Each name has an example in
            `examples/error.NAME.json`, and each is brought about by a test.
            """
        let exits = """
            Exit codes of `muster` that no error of the wire has: 3, the socket cannot be reached or may not
            be opened; 9, a sync that was waited for did not succeed; 10, a log that was read is damaged; 11, some
            members were rejected.
            """
        let sections = ErrorDescription.sections.flatMap { section in
            ["## \(section.title)"] + section.errors.map(text)
        }
        return joined([intro, table.joined(separator: "\n"), exits] + sections)
    }

    private static var table: [String] {
        ["| name | kind | exit | again | details |", "|---|---|---|---|---|"]
            + ErrorDescription.all.map { error in
                let meaning = error.meaning
                let details = error.details.properties.map { "`\($0.name)`" }.joined(
                    separator: ", ")
                let again = meaning.isRetryable ? "yes" : "no"
                return
                    "| \(link(meaning.name)) | `\(meaning.kind)` | \(meaning.exitCode) | \(again) | "
                    + (details.isEmpty ? "|" : details + " |")
            }
    }

    private static func text(_ error: ErrorDescription) -> String {
        let details = rows(error.details.json, .answered)
        let table =
            details.isEmpty
            ? "" : (["| detail | value | |", "|---|---|---|"] + details).joined(separator: "\n")
        let says = "Message: \(error.example.message)\\\nRemedy: \(error.example.remedy)"
        let paragraphs = [
            "### \(error.meaning.name)", says, error.causes, "Client: \(error.clientAction)", table,
            error.meaning.name == "member.invalid" ? reasons : "",
        ]
        return paragraphs.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private static var reasons: String {
        (["| reason | |", "|---|---|"]
            + MemberRejection.allCases.map { "| `\($0.rawValue)` | \(cell($0.cause)) |" })
            .joined(separator: "\n")
    }
}
