import MusterClient
import Testing

@testable import muster

@Suite struct ScreenfulTests {
    private static func section(_ title: String, _ count: Int, lines: Int = 1) -> Screenful.Section
    {
        Screenful.Section(
            title: title, rest: "muster \(title)",
            items: (0..<count).map { item in
                (0..<lines).map { "  \(title) \(item)" + ($0 > 0 ? " more" : "") }
            })
    }

    private static func screen(_ counts: [Int], lines: Int = 1) -> Screenful {
        Screenful(
            ["musterd"] + (1...6).map { "  fact \($0)" }, details: ["  chain"],
            zip(["bad", "now", "next"], counts).map { section($0, $1, lines: lines) })
    }

    @Test(
        arguments: [
            [0, 0, 0], [1, 1, 1], [400, 0, 0], [400, 400, 10], [0, 9, 9], [3, 20, 0], [20, 1, 1],
        ], [1, 3])
    func `it fits a screen, and nothing is left out in silence`(counts: [Int], lines: Int) {
        let text = Self.screen(counts, lines: lines).text.split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(text.count <= 23)
        for (title, count) in zip(["bad", "now", "next"], counts) where count > 0 {
            #expect(text.contains { $0 == title })
            let shown = text.count { $0.hasPrefix("  \(title) ") && !$0.hasSuffix("more") }
            let left = (count - shown).grouped
            let says = text.contains { $0.hasSuffix("\(left) more: muster \(title)") }
            let saysAll = shown == 0 && text.contains("  \(count.grouped): muster \(title)")
            #expect(shown == count || says || saysAll)
        }
    }

    @Test func `everything is shown where there is room, details too`() {
        #expect(Self.screen([2, 0, 1]).text == Self.screen([2, 0, 1]).wholeText)
        #expect(Self.screen([2, 0, 1]).text.contains("chain"))
        #expect(!Self.screen([90, 0, 1]).text.contains("chain"))
        #expect(Self.screen([90, 0, 1]).wholeText.contains("bad 89"))
    }

    @Test func `what needs attention has the room of what does not`() {
        let lines = Self.screen([9, 9, 9]).text.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("  bad ") } > lines.count { $0.hasPrefix("  next ") })
    }

    @Test func `lines are parted between words, and what is too long is cut`() {
        #expect("one two three".wrapped(indent: "  ", columns: 9) == ["  one two", "  three"])
        #expect("".wrapped(indent: "  ") == [])
        let long = Screenful([String(repeating: "x", count: 200)], details: [], [])
        #expect(long.text.count == 80)
    }

    @Test func `status of a busy daemon is a screen of 80 columns`() {
        let attention: [JSONValue] = (1...40).map { number in
            [
                "instance": .string("audience-\(number)"), "run": .integer(number),
                "message":
                    "The last run was held because many members are gone since the last one.",
                "remedy":
                    "Look at sync plan, and approve it with sync approve if it is what you want.",
            ]
        }
        let status: JSONValue = [
            "version": "0.1.0", "startedAt": "2026-11-23T03:00:00.000Z", "instances": 40,
            "members": 123_456_789, "suppressed": 3, "position": 1234, "segments": 4,
            "bytes": 12_345_678, "logId": .string(String(repeating: "a", count: 32)),
            "chain": .string(String(repeating: "b", count: 64)),
            "room": ["bytes": 1_000_000_000, "bytesADay": 1000, "days": 1000],
            "longestStops": ["frame": 1000, "commit": 2000], "attention": .array(attention),
            "runsUnderWay": [["instance": "spring", "run": 12, "step": "upload"]],
            "due": [["instance": "spring", "nextSync": "2026-11-24T03:00:00.000Z"]],
        ]
        let lines = StatusCommand.screen(status).text.split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 23)
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(lines.contains("  spring: run 12, upload"))
        #expect(
            lines.contains(
                "  audience-1, run 1: The last run was held because many members are gone since"))
        #expect(StatusCommand.screen(status).wholeText.contains("audience-40"))
    }
}
