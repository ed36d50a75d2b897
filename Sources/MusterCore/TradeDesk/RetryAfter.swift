/// What a `Retry-After` header asks for: seconds, maybe with a fraction, or a date (RFC 9110,
/// 10.2.3).
package enum RetryAfter {
    /// The wait where the header is missing or says nothing we know.
    package static let usual = Duration.seconds(60)

    /// The wait from `now` on, at least 1 s and at most 1 h.
    package static func wait(_ header: String?, now: Timestamp) -> Duration {
        guard let header else { return usual }
        let text = trimmed(header)
        let asked = seconds(text) ?? instant(text).map { $0 - now.milliseconds }
        guard let asked else { return usual }
        return .milliseconds(min(max(asked, 1_000), 3_600_000))
    }

    private static func trimmed(_ header: String) -> [UInt8] {
        var text = header.utf8[...]
        let blanks = " \t".utf8
        while let first = text.first, blanks.contains(first) { text.removeFirst() }
        while let last = text.last, blanks.contains(last) { text.removeLast() }
        return Array(text)
    }

    /// Milliseconds of `digits [ "." digits ]`, a fraction of one rounded up.
    private static func seconds(_ text: [UInt8]) -> Int64? {
        let parts = text.split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, let seconds = number(whole) else { return nil }
        guard parts.count == 2 else { return seconds * 1000 }
        let fraction = parts[1]
        guard let thousandths = number(fraction.prefix(3)), number(fraction) != nil else {
            return nil
        }
        let scale: Int64 = [1: 100, 2: 10][fraction.count] ?? 1
        let rest: Int64 = fraction.dropFirst(3).contains { $0 != UInt8(ascii: "0") } ? 1 : 0
        return seconds * 1000 + thousandths * scale + rest
    }

    /// One or more digits; what is beyond a year in seconds is taken for a year.
    private static func number(_ digits: some Collection<UInt8>) -> Int64? {
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = min(value * 10 + Int64(byte - UInt8(ascii: "0")), 31_536_000)
        }
        return value
    }

    /// Milliseconds since 1970 of an IMF-fixdate such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func instant(_ text: [UInt8]) -> Int64? {
        guard text.count == 29, matches(text, "___, __ ___ ____ __:__:__ GMT"),
            days.contains(String(decoding: text[..<3], as: UTF8.self)),
            let month = months.firstIndex(of: String(decoding: text[8..<11], as: UTF8.self)),
            let day = number(text[5..<7]), let year = number(text[12..<16]),
            let hour = number(text[17..<19]), let minute = number(text[20..<22]),
            let second = number(text[23..<25]),
            year >= 1970, (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        let date = dayNumber(year: year, month: Int64(month) + 1, day: day)
        return ((date * 24 + hour) * 60 + minute) * 60_000 + second * 1000
    }

    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func matches(_ text: [UInt8], _ pattern: String) -> Bool {
        zip(text, pattern.utf8).allSatisfy { $1 == UInt8(ascii: "_") || $0 == $1 }
    }

    /// Days since 1970-01-01 in the Gregorian calendar, the year counted from March.
    private static func dayNumber(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
