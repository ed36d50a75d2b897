import ArgumentParser

/// What a harness found wrong: how often, and the first of it.
struct Verdict {
    private(set) var wrong = 0
    private var first: String?

    mutating func fail(_ what: String) {
        wrong += 1
        first = first ?? what
    }

    /// Says what was counted, `counts`, and how much of it is wrong, which ends the program badly.
    func tell(_ counts: String) throws {
        Screen.say("\(counts), \(wrong) wrong" + (first.map { ", such as \($0)" } ?? ""))
        if wrong > 0 { throw ExitCode(1) }
    }
}
