/// A time of day on a clock on the wall, to the minute.
package struct TimeOfDay: Hashable, Comparable, Sendable {
    /// The hour, 0 to 23.
    package let hour: Int
    /// The minute, 0 to 59.
    package let minute: Int

    /// The time with these numbers, or nil where a clock shows none such.
    package init?(hour: Int, minute: Int) {
        guard (0...23).contains(hour), (0...59).contains(minute) else { return nil }
        self.hour = hour
        self.minute = minute
    }

    /// Reads exactly the form "03:00".
    package init?(_ text: String) {
        var cursor = TextCursor(text)
        guard let hour = cursor.number(digits: 2, within: 0...23), cursor.take(":"),
            let minute = cursor.number(digits: 2, within: 0...59), cursor.isAtEnd
        else { return nil }
        self.init(hour: hour, minute: minute)
    }

    /// The form "03:00".
    package var text: String { "\(hour.padded(2)):\(minute.padded(2))" }

    package static func < (left: TimeOfDay, right: TimeOfDay) -> Bool {
        (left.hour, left.minute) < (right.hour, right.minute)
    }
}
