import Foundation
import Testing

@testable import muster

/// The page of what the verbs print as JSON, made from their help.
@Suite struct `The page of the verbs` {
    /// `make reference` sets it, to have the page written where it differs.
    private static let writes = ProcessInfo.processInfo.environment["MUSTER_WRITE_REFERENCE"] == "1"
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "proto-docs/verbs.md")

    private static let introduction = """
        # What the verbs print as JSON

        Made from the help of the verbs by `make reference`; a scenario compares it with what they print.

        With `--json` a verb prints one JSON object on standard output, and nothing else there: messages, \
        warnings and errors go to standard error, and the exit status is the same as without. Where an error \
        leaves nothing to answer, nothing is printed. A verb that shows events prints an object a line. New \
        fields may come, so ignore those you do not know.

        Parentheses behind a name hold \
        the fields of that object, or of each object of that array. A field that has no value is `null`; \
        one behind "sometimes" may be missing. "The result of" a method has its schema in \
        [methods.md](methods.md) and in `muster describe METHOD --json`.


        """

    @Test func `is what their help makes of it now`() throws {
        let sections = Verb.all.map { verb in
            "## \(verb)\n\n\(verb.json ?? "")\n"
        }
        let made = Self.introduction + sections.joined(separator: "\n")
        if Self.writes { try Data(made.utf8).write(to: Self.file) }
        #expect(try String(contentsOf: Self.file, encoding: .utf8) == made, "run make reference")
    }
}
