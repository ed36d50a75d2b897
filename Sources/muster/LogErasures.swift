import ArgumentParser
import MusterCore
import MusterStore

/// Shows what was erased from a log, for the data-protection file.
struct LogErasures: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erasures",
        abstract:
            "Show each erasure of a log: what, when, by whom, and the first list sent without.",
        discussion: """
            It names nobody. "muster log erase --report" writes the same when it is done; the first list \
            that was sent afterwards stands here once there is one.

            Examples:
              muster log erasures --state-directory /var/lib/musterd

            JSON: erasures (event, lastEvent, at, by, slots, chainBefore, chainAfter, audiences \
            (instance, slots, commits, firstUpload (run, at, digest))).
            """)

    @OptionGroup var options: LogOptions

    func run() throws {
        let records = try ErasureRecord.all(of: options.reader())
        try options.answer.show(["erasures": .array(records.map(\.json))]) {
            records.isEmpty
                ? "nobody was ever erased" : records.map(\.sheet).joined(separator: "\n\n")
        }
    }
}

extension ErasureRecord {
    fileprivate var sheet: String {
        var sheet = Sheet("erasure")
        add(to: &sheet)
        return sheet.text
    }
}
