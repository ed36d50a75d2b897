import MusterCore
import Testing

@Suite
struct ZoneTests {
    private static let newYork = "EST5EDT,M3.2.0,M11.1.0"

    private func instant(_ zone: Zone, _ date: String, _ time: String) throws -> Int64 {
        let date = try #require(CalendarDate(date))
        let time = try #require(TimeOfDay(time))
        return zone.instant(of: date, at: time).milliseconds
    }

    @Test(arguments: [
        ("2026-03-08", "01:59", 1_772_953_140), ("2026-03-08", "02:00", 1_772_953_200),
        ("2026-03-08", "02:30", 1_772_953_200), ("2026-03-08", "03:00", 1_772_953_200),
        ("2026-03-08", "03:01", 1_772_953_260), ("2026-11-01", "00:59", 1_793_509_140),
        ("2026-11-01", "01:30", 1_793_511_000), ("2026-11-01", "02:00", 1_793_516_400),
        ("2026-11-23", "03:00", 1_795_420_800),
    ])
    func `a skipped time is the change, a repeated one its first`(
        date: String, time: String, second: Int64
    ) throws {
        let ruled = try Zone(name: "America/New_York", footer: Self.newYork)
        #expect(try instant(ruled, date, time) == second * 1000)
        let tabled = try Zone(name: "America/New_York", tzif: ZoneFileSource.newYork2026.bytes)
        #expect(try instant(tabled, date, time) == second * 1000)
    }

    @Test
    func `a day that a zone skipped is the instant of the change`() throws {
        // Samoa went from the east to the west of the date line at the end of 29 December 2011.
        let source = ZoneFileSource(
            offsets: [-36_000, 50_400], changes: [(1_325_239_200, 1)], footer: "<+14>-14")
        let apia = try Zone(name: "Pacific/Apia", tzif: source.bytes)
        #expect(try instant(apia, "2011-12-29", "23:59") == 1_325_239_140_000)
        #expect(try instant(apia, "2011-12-30", "03:00") == 1_325_239_200_000)
        #expect(try instant(apia, "2011-12-31", "03:00") == 1_325_250_000_000)
        #expect(apia.date(at: Timestamp(milliseconds: 1_325_239_199_999)).text == "2011-12-29")
        #expect(apia.date(at: Timestamp(milliseconds: 1_325_239_200_000)).text == "2011-12-31")
    }

    @Test(arguments: [(-1, "1969-12-31"), (0, "1970-01-01"), (86_399_999, "1970-01-01")])
    func `in UTC a date is a day of the clock`(milliseconds: Int64, date: String) throws {
        #expect(Zone.utc.date(at: Timestamp(milliseconds: milliseconds)).text == date)
        #expect(Zone.utc.offset(at: Timestamp(milliseconds: milliseconds)) == 0)
        #expect(try instant(.utc, "1970-01-02", "00:01") == 86_460_000)
    }

    @Test(arguments: ["1994-12-31", "2026-06-30", "2099-01-01"])
    func `midnight of a date lies on that date`(date: String) throws {
        for footer in [Self.newYork, "<+14>-14", "<-11>11", "IST-5:30", "UTC0"] {
            let zone = try Zone(name: "X", footer: footer)
            let midnight = Timestamp(milliseconds: try instant(zone, date, "00:00"))
            #expect(zone.date(at: midnight).text == date)
            #expect(zone.date(at: midnight.advanced(seconds: -1)) < zone.date(at: midnight))
        }
    }

    @Test(arguments: [
        "UTC", "America/New_York", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "Etc/GMT-14",
        "EST5EDT", "GB-Eire", String(repeating: "a", count: 64),
    ])
    func `names of zones are plausible`(name: String) {
        #expect(Zone.isPlausibleName(name))
    }

    @Test(arguments: [
        "", "/etc/passwd", "../UTC", "America/../../etc/passwd", "America/..", "America//New_York",
        "America/", ".", "./UTC", ".hidden", "Europe/Z\u{FC}rich", "New York", "UTC\0", "a\\b",
        "~root", String(repeating: "a", count: 65),
    ])
    func `names that lead elsewhere are not`(name: String) {
        #expect(!Zone.isPlausibleName(name))
        #expect(throws: ZoneError.badName) { try Zone(name: name, footer: "UTC0") }
        #expect(throws: ZoneError.badName) {
            try Zone(name: name, tzif: ZoneFileSource.newYork2026.bytes)
        }
    }
}
