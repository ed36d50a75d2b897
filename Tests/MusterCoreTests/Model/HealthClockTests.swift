import MusterCore
import Testing

@Suite struct `The clocks that run out by themselves` {
    @Test(
        arguments: [
            (31, nil), (30, 1), (8, 1), (7, 2), (2, 2), (1, 3), (0, 3), (-1, 4), (-400, 4),
        ] as [(Int64, Int?)])
    func `a token passes a threshold at 30, 7 and 1 days and when it is past`(
        days: Int64, stage: Int?
    ) {
        #expect(HealthClock.token(daysLeft: days).stage == stage)
    }

    @Test(
        arguments: [
            (0, nil), (149, nil), (150, 1), (172, 1), (173, 2), (178, 2), (179, 3), (180, 4),
            (999, 4),
        ] as [(Int64, Int?)])
    func `a list passes one from day 150 on, until TTD forgets it at 180`(
        days: Int64, stage: Int?
    ) {
        #expect(HealthClock.upload(daysAgo: days).stage == stage)
    }

    @Test(arguments: [(31, nil), (30, .warn), (7, .bad), (-1, .bad)] as [(Int64, Urgency?)])
    func `what is near is urgent`(days: Int64, urgency: Urgency?) {
        #expect(HealthClock.token(daysLeft: days).urgency == urgency)
    }

    @Test func `each is told once a day, and again when it passes a threshold`() {
        var notices = ClockNotices()
        let tomorrow = monday.advanced(days: 1)
        func isDue(_ days: Int64, _ name: String, _ date: CalendarDate) -> Bool {
            notices.isDue(.token(daysLeft: days), of: name, on: date)
        }
        func isOld(_ days: Int64, _ name: String, _ date: CalendarDate) -> Bool {
            notices.isDue(.upload(daysAgo: days), of: name, on: date)
        }
        #expect(!isDue(31, "a", monday))
        #expect(isDue(30, "a", monday))
        #expect(!isDue(30, "a", monday))
        #expect(isDue(30, "b", monday))
        #expect(isDue(7, "a", monday))
        #expect(isDue(6, "a", tomorrow))
        #expect(!isDue(6, "a", tomorrow))
        #expect(isOld(150, "a", tomorrow))
    }

    @Test func `a new token ends the notices of the old one`() {
        var notices = ClockNotices()
        let told = [3, 300, 3].map { (days: Int64) in
            notices.isDue(.token(daysLeft: days), of: "a", on: monday)
        }
        #expect(told == [true, false, true])
    }
}
