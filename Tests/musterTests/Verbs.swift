import ArgumentParser

@testable import muster

/// A verb of the command line: a command that has no commands below it.
struct Verb: CustomStringConvertible, Sendable {
    /// The words that call it, `muster` first.
    let path: [String]
    let type: any ParsableCommand.Type

    static let all = below(Muster.self, [])

    private static func below(_ type: any ParsableCommand.Type, _ path: [String]) -> [Verb] {
        let configuration = type.configuration
        let path = path + [configuration.commandName ?? ""]
        guard !configuration.subcommands.isEmpty else { return [Verb(path: path, type: type)] }
        return configuration.subcommands.flatMap { below($0, path) }
    }

    var description: String { path.joined(separator: " ") }

    var help: String { Muster.helpMessage(for: type, columns: 80) }

    private var paragraphs: [String] {
        type.configuration.discussion.split(separator: "\n\n").map { String($0) }
    }

    /// What its help says of its JSON, in one line.
    var json: String? {
        paragraphs.first { $0.hasPrefix("JSON") }?.split(separator: "\n").joined(separator: " ")
    }

    /// The command lines of its help; one that is broken by a backslash is one.
    var examples: [String] {
        let paragraph = paragraphs.first { $0.hasPrefix("Examples:\n") } ?? ""
        return paragraph.replacing("\\\n", with: "").split(separator: "\n").dropFirst().map {
            $0.drop { $0 == " " }.description
        }
    }
}

/// One example of a verb's help.
struct Example: CustomStringConvertible, Sendable {
    let verb: Verb
    let line: String

    static let all = Verb.all.flatMap { verb in
        verb.examples.map { Example(verb: verb, line: $0) }
    }

    var description: String { line }

    /// The words that a shell would give the program, without its name.
    var arguments: [String] {
        var commands: [[String]] = [[]]
        var (word, isQuoted, isWord) = ("", false, false)
        for character in line + " " {
            switch character {
            case "'":
                isQuoted.toggle()
                isWord = true
            case " " where !isQuoted:
                if isWord { commands[commands.count - 1].append(word) }
                (word, isWord) = ("", false)
            case _ where !isQuoted && "|<>".contains(character): commands.append([])
            default:
                word.append(character)
                isWord = true
            }
        }
        return (commands.first { $0.first == "muster" } ?? []).dropFirst().map { $0 }
    }
}
