import Testing

@testable import MusterClient
@testable import muster

@Suite struct RunScreenTests {
    @Test(arguments: [
        (0, 10, "[........................] 0 %"), (5, 10, "[############............] 50 %"),
        (10, 10, "[########################] 100 %"), (11, 10, "[########################] 100 %"),
        (0, 0, "[########################] 100 %"),
        (Int.max / 4, Int.max / 2, "[############............] 50 %"),
    ])
    func `a bar shows the share`(done: Int, whole: Int, text: String) {
        #expect(Bar.text(done: done, of: whole) == text)
    }

    @Test(arguments: [
        (0, 0, "[########################] 0 of 0"),
        (1234, 4936, "[######..................] 1,234 of 4,936"),
        (9, 3, "[########################] 9 of 3"),
    ])
    func `a bar counts`(done: Int, whole: Int, text: String) {
        #expect(Bar.counted(done: done, of: whole) == text)
    }

    @Test func `an upload shows what was handed over, and other steps no bar`() throws {
        func run(_ more: [(String, JSONValue)]) throws -> Run {
            let known: [(String, JSONValue)] = [
                ("run", 12), ("instance", "spring"), ("state", "running"), ("step", "upload"),
                ("bytes", 20_480),
            ]
            return try Run(
                Answer(.object((known + more).map { JSONValue.Member(name: $0.0, value: $0.1) })))
        }
        #expect(
            try run([("sent", 5120)]).uploadWords
                == "[######..................] 25 %  5 KiB of 20 KiB")
        #expect(try run([]).uploadWords == nil)
    }
}
