import MusterCore
import Testing

@Suite
struct ZoneRuleTests {
    private func offset(_ footer: String, _ second: Int64) throws -> Int {
        try Zone(name: "X", footer: footer).offset(at: Timestamp(milliseconds: second * 1000))
    }

    /// The changes of 2099 as the tz database has them: instant, offset before, offset after.
    private static let changes: [(footer: String, instant: Int64, before: Int, after: Int)] = [
        ("IST-1GMT0,M10.5.0,M3.5.0/1", 4_078_429_200, 0, 3600),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", 4_096_573_200, 3600, 0),
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 4_078_998_000, 39_600, 37_800),
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 4_094_724_600, 37_800, 39_600),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 4_078_429_200, -7200, -3600),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 4_096_573_200, -3600, -7200),
        ("EET-2EEST,M3.4.4/50,M10.4.4/50", 4_078_339_200, 7200, 10_800),
        ("EET-2EEST,M3.4.4/50,M10.4.4/50", 4_096_479_600, 10_800, 7200),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", 4_079_001_600, 39_600, 36_000),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", 4_094_726_400, 36_000, 39_600),
    ]

    @Test(arguments: changes)
    func `clocks change at the second the rule says`(
        footer: String, instant: Int64, before: Int, after: Int
    ) throws {
        #expect(try offset(footer, instant - 1) == before)
        #expect(try offset(footer, instant) == after)
    }

    @Test(arguments: [
        ("<+01>-1", 3600), ("IST-5:30", 19_800), ("UTC0", 0), ("<-0330>3:30:15", -12_615),
        ("ABC+4", -14_400), ("ABC-04:00", 14_400), ("ABC24:59:59", -89_999),
    ])
    func `a zone without daylight saving time keeps its offset`(footer: String, offset: Int) throws
    {
        #expect(try self.offset(footer, 1_768_435_200) == offset)
        #expect(try self.offset(footer, 1_784_073_600) == offset)
    }

    /// 1 March begins at 1772323200 in 2026 and at 1835481600 in the leap year 2028.
    @Test(arguments: [
        ("AAA0BBB,J60/0,J300", 1_772_323_200), ("AAA0BBB,J60/0,J300", 1_835_481_600),
        ("AAA0BBB,59/0,300", 1_772_323_200), ("AAA0BBB,59/0,300", 1_835_395_200),
        ("AAA0BBB,J59/24,J300", 1_772_323_200), ("AAA0BBB,J61/-24,J300", 1_772_323_200),
        ("AAA0BBB,M2.5.0/0,J300", 1_771_718_400), ("AAA0BBB,M3.1.0,M11.1.0", 1_772_330_400),
    ])
    func `days of the year are counted in three ways`(footer: String, instant: Int64) throws {
        #expect(try offset(footer, instant - 1) == 0)
        #expect(try offset(footer, instant) == 3600)
    }

    @Test(arguments: [1_767_225_600, 1_767_236_400, 1_767_247_200, 1_784_073_600, 1_798_772_399])
    func `daylight saving time may last all year`(second: Int64) throws {
        #expect(try offset("XXX3EDT4,0/0,J365/23", second) == -14_400)
        #expect(try offset("EST5EDT,0/0,J365/25", second) == -14_400)
    }

    @Test(arguments: [
        "", "E", "EST", "5", "EST5EDT", "EST5EDT4", "EST5EDT,", "EST5EDT,M3.2.0",
        "EST5EDT,M3.2.0,", "EST5EDT,M3.2.0,M11.1.0,", "EST5EDT,M3.2.0,M11.1.0 ",
        "EST5EDT,M0.2.0,M11.1.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.0.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J100",
        "EST5EDT,J366,J100", "EST5EDT,366,100", "EST5EDT,M3.2.0/168,M11.1.0",
        "EST5EDT,M3.2.0/-168,M11.1.0", "EST5EDT,M3.2.0/2:60,M11.1.0", "EST25", "EST5:6",
        "ES5", "<ES>5", "<EST5", "<E T>5", "<>5", "EST--5", "EST+-5", "EST5EDT;M3.2.0,M11.1.0",
    ])
    func `what is no rule is refused`(footer: String) {
        #expect(throws: ZoneError.badRule) { try Zone(name: "X", footer: footer) }
    }
}
