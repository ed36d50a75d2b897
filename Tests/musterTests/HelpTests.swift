import ArgumentParser
import Testing

@testable import muster

@Suite struct `The help` {
    @Test(arguments: Verb.all) func `of every verb has an example`(verb: Verb) {
        #expect(!verb.examples.isEmpty)
    }

    @Test(arguments: Example.all) func `has examples that call the verb`(example: Example) throws {
        let command = try Muster.parseAsRoot(example.arguments)
        #expect(Swift.type(of: command) == example.verb.type)
    }

    @Test(arguments: Verb.all) func `of every verb names the fields of its JSON`(verb: Verb) {
        #expect(verb.json?.hasSuffix(".") == true)
        #expect(verb.help.contains("  --json  "))
    }

    @Test(arguments: Verb.all) func `of every verb has --quiet, told in the same words`(verb: Verb)
    {
        #expect(verb.help.contains("  --quiet                 Say nothing beside the answer"))
    }

    @Test(arguments: Verb.all) func `is no wider than a terminal`(verb: Verb) {
        let wide = verb.help.split(separator: "\n").map { String($0) }.filter {
            // The parser breaks its usage nowhere.
            $0.count > 80 && !$0.hasPrefix("USAGE: ")
        }
        #expect(wide.isEmpty)
    }

    @Test(arguments: [
        (["status", "--loud"], "muster: unknown option '--loud'\nUsage: muster status "),
        (["report", "spring"], "muster: name the page's file with --output"),
    ])
    func `comes after a message that begins as all others do`(arguments: [String], start: String) {
        let error = #expect(throws: (any Error).self) { try Muster.parseAsRoot(arguments) }
        let words = error.map { Failure.parserWords(Muster.fullMessage(for: $0)) }
        #expect(words?.hasPrefix(start) == true, "\(words ?? "")")
    }
}
