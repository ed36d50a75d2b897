import MusterCore
import Testing

@Suite
struct CalendarDateTests {
    @Test(arguments: [
        ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-11-23", 20_780),
        ("1600-02-29", -135_081), ("1900-03-01", -25_508), ("2100-02-28", 47_540),
        ("0000-03-01", -719_468), ("9999-12-31", 2_932_896),
    ])
    func `a date has one number and one text`(text: String, number: Int) {
        #expect(CalendarDate(text)?.dayNumber == number)
        #expect(CalendarDate(dayNumber: number).text == text)
    }

    @Test(arguments: [1600, 1899, 1970, 2000, 2023, 2399])
    func `each day of a year follows the one before`(year: Int) {
        var expected: [String] = []
        for month in 1...12 {
            for day in 1...31 {
                if let date = CalendarDate(year: year, month: month, day: day) {
                    expected.append(date.text)
                }
            }
        }
        let first = CalendarDate(year: year, month: 1, day: 1)
        let days = expected.indices.compactMap { first?.advanced(days: $0) }
        #expect(days.map(\.text) == expected)
        #expect(expected.count == (year % 400 == 0 ? 366 : 365))
        #expect(days == days.sorted())
    }

    @Test(arguments: [
        "", "2026-02-29", "1900-02-29", "2026-04-31", "2026-00-01", "2026-13-01", "2026-01-00",
        "2026-01-32", "2026-1-1", "26-01-01", "02026-01-01", "2026-01-01 ", " 2026-01-01",
        "2026/01/01", "20260101", "-2026-01-01", "+2026-01-01", "2026-01-01T00:00", "２０２６-01-01",
    ])
    func `what is no date of that form is refused`(text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test
    func `a date knows its parts`() {
        let date = CalendarDate(dayNumber: 20_780)
        #expect([date.year, date.month, date.day] == [2026, 11, 23])
        #expect(date.advanced(days: -23).text == "2026-10-31")
    }
}
