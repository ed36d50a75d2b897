import FoundationEssentials
import MusterCore

/// A segment of the stand-in, with the drops that were opened for it.
struct Segment: Sendable {
    var advertiser: String
    var entry: TradeDesk.SegmentEntry
    var drops: [Drop] = []
    /// The rows of the drop accepted last, as they came, up to the limit.
    var rows: [UInt8] = []

    /// Whether an upload was ever accepted.
    var isFilled: Bool { drops.contains { $0.receipt != nil } }
}

/// One drop: where a list may be uploaded, and what was.
struct Drop: Sendable {
    var number: Int
    var reference: String
    var piiType: TradeDesk.PIIType
    var openedAt: Date
    var uploads = 0
    var acceptedNumber: Int?
    var acceptedAt: Date?
    var receipt: UploadReceipt?
}

/// What the rows of one whole upload were like.
struct UploadReceipt: Equatable, Sendable {
    var bytes = 0
    var rows = 0
    var invalidRows = 0
    var duplicateRows = 0
    var isSortedByDigest = true
    var endsWithNewline = true
    var sha256 = ""
}

/// A segment that is there from the start.
struct SegmentSeed: Equatable, Sendable {
    var advertiser: String
    var name: String
    var region: String
    var crmDataID: String?

    /// Reads `ADVERTISER:NAME:REGION[:CRMDATAID]`.
    init(parsing text: String) throws(Mistake) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 || parts.count == 4, !parts[1].isEmpty else {
            throw Mistake("write ADVERTISER:NAME:REGION[:CRMDATAID]; the name holds no colon")
        }
        guard isLowerAlphanumeric(parts[0], length: 1...32) else {
            throw Mistake("the advertiser is 1 to 32 of a-z and 0-9")
        }
        guard segmentRegions.contains(parts[2]) else {
            throw Mistake("the region is one of \(segmentRegions.joined(separator: ", "))")
        }
        guard parts.count == 3 || isLowerAlphanumeric(parts[3], length: 1...32) else {
            throw Mistake("the CRMDATAID is 1 to 32 of a-z and 0-9")
        }
        (advertiser, name, region) = (parts[0], parts[1], parts[2])
        crmDataID = parts.count == 4 ? parts[3] : nil
    }
}

/// What is wrong with an option's value, for the person who typed it.
struct Mistake: Error, CustomStringConvertible, Equatable {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

let segmentRegions = ["US", "EU", "APAC"]

/// Whether `text` is made of `a` to `z` and `0` to `9` only, and of that many.
func isLowerAlphanumeric(_ text: String, length: ClosedRange<Int>) -> Bool {
    length.contains(text.utf8.count)
        && text.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
}
