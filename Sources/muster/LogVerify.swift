import ArgumentParser
import MusterCore
import MusterStore

/// Accounts for every byte of a log.
struct LogVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Account for every byte of the log.",
        discussion: """
            Exits with 0 only if every byte in use, padding included, is accounted for, and with 10 if not.

            Examples:
              muster log verify --state-directory /var/lib/musterd

            JSON: whole, logId, segments, commits, position, bytes, chain, problems.
            """)

    @OptionGroup var options: LogOptions

    func run() throws {
        let found = LogVerification(try options.directory.files())
        try options.answer.show(found.json) { found.sheet }
        guard found.isWhole else {
            for problem in found.problems {
                Descriptor.error.say("muster: " + problem.message.asMessage.printable)
            }
            throw Failure(.logDamaged)
        }
    }
}

extension LogVerification {
    fileprivate var json: JSON {
        .object([
            "whole": .bool(isWhole),
            "logId": log.map { .string($0.text) } ?? .null,
            "segments": .integer(Int64(segments)),
            "commits": .integer(Int64(commits)),
            "position": .integer(Int64(position)),
            "bytes": .integer(Int64(bytes)),
            "chain": chain.map { .string($0.hex) } ?? .null,
            "problems": .array(problems.map { .string($0.message) }),
        ])
    }

    fileprivate var sheet: String {
        var sheet = Sheet(isWhole ? "the log is whole" : "the log is not whole")
        sheet.add("log id", log?.text)
        sheet.add("segments", segments.grouped)
        sheet.add("commits", commits.grouped)
        sheet.add("position", Int(position).grouped)
        sheet.add("bytes", bytes.grouped)
        sheet.add("chain", chain?.hex)
        return sheet.text
    }
}
