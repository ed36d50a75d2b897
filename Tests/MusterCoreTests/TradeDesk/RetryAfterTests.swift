import MusterCore
import Testing

@Suite struct RetryAfterTests {
    @Test(
        arguments: [
            ("2", 2_000), ("2.5", 2_500), ("2.05", 2_050), ("2.0001", 2_001), ("2.0000", 2_000),
            (" 7\t", 7_000), ("0", 1_000), ("0.25", 1_000), ("3600", 3_600_000),
            ("99999999999999999999999", 3_600_000),
            (nil, 60_000), ("", 60_000), ("-5", 60_000), ("1e3", 60_000), ("2.", 60_000),
            (".5", 60_000), ("soon", 60_000), ("1 2", 60_000), ("１", 60_000),
        ] as [(String?, Int)])
    func `seconds are read and bounded`(header: String?, milliseconds: Int) {
        let wait = RetryAfter.wait(header, now: Timestamp(milliseconds: 0))
        #expect(wait == .milliseconds(milliseconds))
    }

    // 784111777 is the instant of RFC 9110's example.
    @Test(
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000 - 90_000, 90_000),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000 - 1_500, 1_500),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000 + 5, 1_000),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 0, 3_600_000),
            ("Thu, 29 Feb 2024 00:00:10 GMT", 1_709_164_800_000, 10_000),
            ("Sun, 01 Mar 2026 00:00:10 GMT", 1_772_323_200_000, 10_000),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 0, 60_000),
            ("Sun, 06 Nov 1994 08:49:37 UTC", 0, 60_000),
            ("Sun, 06 Nov 1994 24:49:37 GMT", 0, 60_000),
            ("Sun, 00 Nov 1994 08:49:37 GMT", 0, 60_000),
            ("Son, 06 Nov 1994 08:49:37 GMT", 0, 60_000),
            ("Sun, 06 nov 1994 08:49:37 GMT", 0, 60_000),
        ] as [(String, Int64, Int)])
    func `a date is read against the clock`(header: String, now: Int64, milliseconds: Int) {
        let wait = RetryAfter.wait(header, now: Timestamp(milliseconds: now))
        #expect(wait == .milliseconds(milliseconds))
    }
}
