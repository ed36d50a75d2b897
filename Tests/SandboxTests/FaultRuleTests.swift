import Testing

@testable import ttd_sandbox

@Suite struct FaultRuleTests {
    @Test(
        arguments: [
            ("GET /v3 1 503", .status(503, nil)), ("PUT /upload 2 429:0.5", .status(429, "0.5")),
            (
                "* / always 503:Sun, 06 Nov 1994 08:49:37 GMT",
                .status(503, "Sun, 06 Nov 1994 08:49:37 GMT")
            ),
            ("GET / 1 302:http://x/", .status(302, "http://x/")),
            ("GET / 1 dead-token", .deadToken), ("GET / 1 reset", .reset), ("GET / 1 lost", .lost),
            ("GET / 1 hang", .hang), ("GET / 1 cut", .cut), ("GET / 1 pass", .pass),
            ("GET / 1 slow:0.25", .slow(.milliseconds(250))),
        ] as [(String, FaultRule.Answer)])
    func `each answer is read`(text: String, answer: FaultRule.Answer) throws {
        #expect(try FaultRule(parsing: text).answer == answer)
    }

    @Test(arguments: [
        "", "GET", "GET / 1", "FETCH / 1 503", "GET v3 1 503", "GET / 0 503", "GET / -1 503",
        "GET / x 503", "GET / 1 200", "GET / 1 600", "GET / 1 x", "GET / 1 slow",
        "GET / 1 slow:x", "GET / 1 slow:-1", "GET / 1 slow:nan", "GET / 1 reset:1",
    ])
    func `a mistake is named`(text: String) {
        #expect(throws: Mistake.self) { try FaultRule(parsing: text) }
    }

    @Test(arguments: [
        ("PUT /upload 1 503", "PUT", "/upload/data/x", true),
        ("PUT /upload 1 503", "PUT", "/uploads", false),
        ("PUT /upload 1 503", "POST", "/upload", false),
        ("* /upload 1 503", "POST", "/upload", true),
        ("GET /v3/*/segment 1 503", "GET", "/v3/crmdata/segment/a/b", true),
        ("GET /v3/*/segment$ 1 503", "GET", "/v3/crmdata/segment/a", false),
        ("GET /v3/*/segment$ 1 503", "GET", "/v3/crmdata/segment", true),
        ("GET /v3/*/segment/* 1 503", "GET", "/v3/crmdata/segment", false),
        ("GET / 1 503", "GET", "/anything", true),
    ])
    func `a rule matches what it names`(
        rule: String, method: String, path: String, matches: Bool
    ) throws {
        #expect(try FaultRule(parsing: rule).matches(method: method, path: path) == matches)
    }
}
