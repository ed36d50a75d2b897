import MusterCore

/// The names of segment files.
enum SegmentFile {
    static let directory = "log"
    static let spare = "spare.seg"

    /// The path of a segment: its number in 20 digits.
    static func path(_ number: UInt64) -> String {
        let digits = String(number)
        let zeros = String(repeating: "0", count: 20 - digits.utf8.count)
        return "\(directory)/\(zeros)\(digits).seg"
    }

    /// The number of the segment with a file name, or nil where it names none.
    static func number(_ name: String) -> UInt64? {
        guard name.utf8.count == 24, name.hasSuffix(".seg") else { return nil }
        return UInt64(name.dropLast(4))
    }
}
