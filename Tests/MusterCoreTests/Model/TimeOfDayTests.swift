import MusterCore
import Testing

@Suite
struct TimeOfDayTests {
    @Test(arguments: [("00:00", 0, 0), ("03:05", 3, 5), ("23:59", 23, 59)])
    func `a time has one text`(text: String, hour: Int, minute: Int) {
        let time = TimeOfDay(text)
        #expect(time == TimeOfDay(hour: hour, minute: minute))
        #expect(time?.text == text)
    }

    @Test(arguments: [
        "", "24:00", "3:00", "03:60", "03:0", "03:000", "0300", "03:00:00", " 03:00", "03:00 ",
        "-3:00", "+3:00", "aa:bb", "03.00",
    ])
    func `what no clock shows is refused`(text: String) {
        #expect(TimeOfDay(text) == nil)
    }

    @Test(arguments: [(24, 0), (-1, 0), (0, 60), (0, -1)])
    func `numbers beyond the clock are refused`(hour: Int, minute: Int) {
        #expect(TimeOfDay(hour: hour, minute: minute) == nil)
    }

    @Test
    func `times are ordered by the clock`() throws {
        let texts = ["00:01", "03:00", "03:01", "12:00"]
        #expect(texts.reversed().compactMap { TimeOfDay($0) }.sorted().map(\.text) == texts)
    }
}
