/// An instant: milliseconds since 1970-01-01T00:00:00Z, as the host's clock gave it.
///
/// Only positions order events; clocks go backwards.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The instant `seconds` later, or earlier when negative.
    package func advanced(seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds + seconds * 1000)
    }

    /// Whole seconds from `earlier` to this instant, rounded down.
    package func seconds(since earlier: Timestamp) -> Int64 {
        let difference = milliseconds - earlier.milliseconds
        return difference >= 0 ? difference / 1000 : -((-difference + 999) / 1000)
    }
}
