import Testing

@testable import muster

@Suite struct FittedTextTests {
    @Test func `a value goes on below where it began`() {
        var sheet = Sheet("run 7")
        sheet.add("why", "many members are gone since the last success")
        sheet.add("at", "03:00")
        #expect(
            sheet.text.fitted(to: 34) == """
                run 7
                  why  many members are gone since
                       the last success
                  at   03:00
                """)
    }

    @Test func `a sentence goes on at the left`() {
        #expect("one two three four five six".fitted(to: 25) == "one two three four five\nsix")
    }

    @Test func `a last column without room leaves the line as it is`() {
        let row = "  9  succeeded  manual  2026-11-26 03:00:00 UTC"
        #expect(row.fitted(to: 40) == row)
    }

    @Test func `a long word stays whole, and nothing is broken where there is no terminal`() {
        let digest = String(repeating: "0f", count: 32)
        #expect("SHA-256 \(digest)".fitted(to: 60) == "SHA-256\n\(digest)")
        #expect("SHA-256 \(digest)".fitted(to: nil) == "SHA-256 \(digest)")
    }

    @Test(arguments: [
        (1, "1 second"), (99, "99 seconds"), (100, "2 minutes"), (3540, "59 minutes"),
        (7260, "2 hours 1 minute"),
    ])
    func `a time is told in the unit that reads best`(seconds: Int, words: String) {
        #expect(seconds.secondsInWords == words)
    }
}
