import ArgumentParser
import MusterClient
import MusterCore

/// How a verb answers, which is the same for all of them.
struct AnswerOptions: ParsableArguments {
    @Flag(help: "Print the answer as JSON.")
    var json = false

    @Flag(
        help: """
            Say nothing beside the answer: no progress, no notes, no word of success. Warnings and \
            errors are told all the same.
            """)
    var quiet = false

    /// Prints the answer as JSON, or else what `render` makes of it, in lines of the terminal's
    /// width.
    func show(_ answer: JSONValue, _ render: () -> String) throws(Failure) {
        try show(answer.json, render)
    }

    /// The same of a value of the core.
    func show(_ answer: JSON, _ render: () -> String) throws(Failure) {
        let output = Descriptor.output
        try output.line(json ? answer.pretty() : render().fitted(to: output.columns))
    }

    /// Prints an answer that only tells that something was done, which `--quiet` leaves out unless
    /// there is more to it.
    func confirm(
        _ answer: JSONValue, unless isMore: Bool = false, _ render: () -> String
    ) throws(Failure) {
        try confirm(answer.json, unless: isMore, render)
    }

    /// The same of a value of the core.
    func confirm(
        _ answer: JSON, unless isMore: Bool = false, _ render: () -> String
    ) throws(Failure) {
        if json || !quiet || isMore { try show(answer, render) }
    }

    /// Says something beside the answer.
    func note(_ text: String) {
        if !quiet { Descriptor.error.say(text.printable) }
    }
}
