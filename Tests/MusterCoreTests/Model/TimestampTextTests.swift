import MusterCore
import Testing

@Suite
struct TimestampTextTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (1_795_402_800_123, "2026-11-23T03:00:00.123Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func `an instant has one text`(milliseconds: Int64, text: String) {
        let instant = Timestamp(milliseconds: milliseconds)
        #expect(instant.text == text)
        #expect(Timestamp(text: text) == instant)
    }

    @Test(arguments: [
        ("2026-11-23T03:00:00Z", 1_795_402_800_000), ("2026-11-23T03:00:00.1Z", 1_795_402_800_100),
        ("2026-11-23T03:00:00.05Z", 1_795_402_800_050),
        ("2026-11-23T03:00:00.123999999Z", 1_795_402_800_123),
        ("2026-11-22T22:00:00-05:00", 1_795_402_800_000),
        ("2026-11-23T08:30:00.5+05:30", 1_795_402_800_500),
        ("2026-11-23T03:00:00-00:00", 1_795_402_800_000),
    ])
    func `other forms of an instant are read`(text: String, milliseconds: Int64) {
        #expect(Timestamp(text: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-11-23", "2026-11-23T03:00:00", "2026-11-23T03:00Z", "2026-11-23 03:00:00Z",
        "2026-11-23t03:00:00z", "2026-11-23T03:00:00.Z", "2026-11-23T03:00:00.1234567890Z",
        "2026-11-23T24:00:00Z", "2026-11-23T03:60:00Z", "2016-12-31T23:59:60Z",
        "2026-11-23T03:00:00+5:00", "2026-11-23T03:00:00+0500", "2026-11-23T03:00:00+24:00",
        "2026-11-23T03:00:00+05:60", "2026-02-30T03:00:00Z", "2026-11-23T03:00:00Z ",
        "2026-11-23T03:00:00ZZ", "2026-11-23T3:00:00Z", "2026-11-23T03:00:00,5Z",
    ])
    func `what is not a full date and time is refused`(text: String) {
        #expect(Timestamp(text: text) == nil)
    }
}
