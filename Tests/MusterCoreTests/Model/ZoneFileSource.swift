/// A compiled time zone file, built in a test.
struct ZoneFileSource {
    var offsets: [Int32]
    var changes: [(instant: Int64, type: UInt8)]
    var footer: String

    /// New York with the changes of 2026 in the table and nothing after them.
    static let newYork2026 = ZoneFileSource(
        offsets: [-18_000, -14_400], changes: [(1_772_953_200, 1), (1_793_512_800, 0)], footer: "")

    /// The whole file, with an old block of one type.
    var bytes: [UInt8] {
        let old = Self.header(counts: [0, 0, 0, 0, 1, 4]) + Self.type(0) + Array("UTC\0".utf8)
        let counts = [0, 0, 0, UInt32(changes.count), UInt32(offsets.count), 4]
        return old + Self.header(counts: counts)
            + changes.flatMap { Self.bytes(UInt64(bitPattern: $0.instant)) }
            + changes.map(\.type) + offsets.flatMap(Self.type) + Array("ABC\0".utf8)
            + Array("\n\(footer)\n".utf8)
    }

    static func header(counts: [UInt32]) -> [UInt8] {
        Array("TZif2".utf8) + Array(repeating: 0, count: 15) + counts.flatMap { bytes($0) }
    }

    private static func type(_ offset: Int32) -> [UInt8] {
        bytes(UInt32(bitPattern: offset)) + [0, 0]
    }

    private static func bytes<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
        stride(from: Word.bitWidth - 8, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: word >> Word($0))
        }
    }
}
