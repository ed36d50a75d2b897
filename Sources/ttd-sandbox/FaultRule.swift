/// One `--fault`: which requests it strikes, how often, and with what.
struct FaultRule: Sendable {
    enum Answer: Equatable, Sendable {
        /// Not carried out; the text is Retry-After, or Location where the status is 3xx.
        case status(Int, String?)
        case deadToken
        case reset
        case lost
        case hang
        case slow(Duration)
        case cut
        case pass
    }

    let text: String
    let answer: Answer
    /// How often it strikes; nil is always.
    let count: Int?
    var used = 0
    private let method: String
    private let steps: [Substring]
    private let isWhole: Bool

    var isLeft: Bool { count.map { used < $0 } ?? true }

    /// Reads `METHOD PATH COUNT ANSWER`.
    init(parsing text: String) throws(Mistake) {
        let parts = text.split(separator: " ", maxSplits: 3).map(String.init)
        guard parts.count == 4 else { throw Mistake("write 'METHOD PATH COUNT ANSWER'") }
        self.text = text
        method = parts[0]
        guard method == "*" || ["GET", "POST", "PUT", "DELETE"].contains(method) else {
            throw Mistake("METHOD is GET, POST, PUT, DELETE or *")
        }
        guard parts[1].hasPrefix("/") else { throw Mistake("PATH begins with /") }
        isWhole = parts[1].hasSuffix("$")
        steps = Self.steps(parts[1].dropLast(isWhole ? 1 : 0))
        count = try Self.count(parts[2])
        answer = try Self.answer(parts[3])
    }

    /// Whether the rule is about such a request; `path` is without its query.
    func matches(method: String, path: String) -> Bool {
        let given = Self.steps(path[...])
        return (self.method == "*" || self.method == method)
            && (isWhole ? given.count == steps.count : given.count >= steps.count)
            && zip(steps, given).allSatisfy { $0 == "*" || $0 == $1 }
    }

    private static func steps(_ path: Substring) -> [Substring] {
        path.split(separator: "/")
    }

    private static func count(_ text: String) throws(Mistake) -> Int? {
        if text == "always" { return nil }
        guard let count = Int(text), count > 0 else {
            throw Mistake("COUNT is a number from 1 on, or 'always'")
        }
        return count
    }

    private static func answer(_ text: String) throws(Mistake) -> Answer {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count == 2 ? String(parts[1]) : nil
        switch (parts[0], rest) {
        case ("dead-token", nil): return .deadToken
        case ("reset", nil): return .reset
        case ("lost", nil): return .lost
        case ("hang", nil): return .hang
        case ("cut", nil): return .cut
        case ("pass", nil): return .pass
        case ("slow", let rest):
            guard let seconds = rest.flatMap(Double.init), (0...3600).contains(seconds) else {
                throw Mistake("slow takes seconds, 0 to 3600: slow:2.5")
            }
            return .slow(.milliseconds(Int64(seconds * 1000)))
        default:
            guard let status = Int(parts[0]), (300...599).contains(status) else {
                throw Mistake(
                    "ANSWER is a status of 300 to 599, dead-token, reset, lost, hang, slow:SECONDS, "
                        + "cut or pass")
            }
            return .status(status, rest)
        }
    }
}
