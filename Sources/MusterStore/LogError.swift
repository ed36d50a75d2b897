package import MusterCore

/// Why the log could not be opened, read or written.
package enum LogError: Error, Hashable, Sendable {
    /// Another process holds the state directory.
    case locked
    case damaged(segment: UInt64, Damage)
    /// The directory does not hold what its MANIFEST says, or no readable MANIFEST.
    case directory(DirectoryDamage)
    /// A newer version of this program wrote it; the segment is 0 where it is the MANIFEST.
    case newer(segment: UInt64, offset: Int, what: String)
    /// No room for a segment is left.
    case full
    case failed(FileError)
    /// An event that could not be read back was to be written.
    case refused(EncodingFault)
    /// A snapshot turned out damaged while it was read.
    case snapshot(SnapshotFault)
    /// The people at a position came out otherwise than they must.
    case listDiffers(Position)

    /// Sentences for people that say what, where and what to do, and name no person.
    package var message: String {
        switch self {
        case .locked:
            "Another process is using this state directory."
        case .damaged(let segment, let damage):
            "\(SegmentFile.path(segment)) is damaged at byte \(damage.offset): \(damage.kind.rawValue). "
                + "Unreadable: events \(damage.firstPosition) to \(Self.text(damage.lastPosition)). "
                + Self.remedy
        case .directory(let damage):
            damage.message + " "
                + (damage.isNewer ? Self.upgrade : damage.isOfCopy ? Self.adoption : Self.remedy)
        case .newer(let segment, let offset, let what):
            "\(segment == 0 ? Manifest.path : SegmentFile.path(segment)) holds \(what) at byte \(offset), "
                + "which this version does not know: a newer version wrote it. " + Self.upgrade
        case .full:
            "There is no room for another segment of the log. Free space on the state directory's file system."
        case .failed(let error):
            "The log could not \(error.operation) \(error.path.isEmpty ? "a file" : error.path): \(error.reason)."
        case .refused(let fault):
            fault.message
        case .snapshot(let fault):
            "The snapshot at event \(fault.position) cannot be used: \(fault.what)."
        case .listDiffers(let position):
            "The list at event \(position) came out otherwise than before; nothing of it was used."
        }
    }

    private static let remedy =
        "Nothing was changed. See what can be read with \"muster log verify\" and \"muster log dump\", "
        + "and restore the state directory from a copy."

    private static let upgrade =
        "Nothing was changed. Install that version again, or a later one; \"musterd --version\" says which this is."

    private static let adoption =
        "Nothing was changed. If the directory, or part of it, was put back from a copy, take it over with "
        + "\"muster log adopt\". Otherwise something is lost: see what can be read with \"muster log verify\" and "
        + "\"muster log dump\", and restore the state directory from a copy."

    private static func text(_ last: Position?) -> String {
        last.map { String($0) } ?? "the end of the segment, or further"
    }
}

/// What is wrong with the files of a state directory.
package enum DirectoryDamage: Hashable, Sendable {
    case manifest(String)
    case manifestMissing(segment: UInt64)
    case segmentMissing(UInt64)
    case segmentUnknown(UInt64)
    case segmentHeader(UInt64, String)
    case mark(String)
    /// ERASURE cannot be used.
    case erasure
    /// The key of those who are kept out is not there, or no key.
    case suppressionKey
    /// The log ends before a position that was durable.
    case endLost(end: Position, durable: Position, witness: String)

    /// Whether nothing is wrong but the version of this program.
    var isNewer: Bool { self == .mark(Mark.newer) }

    /// Whether it is what a directory put back from a copy looks like.
    var isOfCopy: Bool {
        switch self {
        case .segmentUnknown, .endLost: true
        case .mark: !isNewer
        case .manifest, .manifestMissing, .segmentMissing, .segmentHeader, .erasure,
            .suppressionKey:
            false
        }
    }

    var message: String {
        switch self {
        case .manifest(let what): "MANIFEST cannot be used: \(what)."
        case .manifestMissing(let segment):
            "There is no MANIFEST, but \(SegmentFile.path(segment)) holds events."
        case .segmentMissing(let segment):
            "MANIFEST names \(SegmentFile.path(segment)), which is not there."
        case .segmentUnknown(let segment):
            "\(SegmentFile.path(segment)) holds events, but MANIFEST does not name it."
        case .segmentHeader(let segment, let what):
            "\(SegmentFile.path(segment)) is not the segment it should be: \(what)."
        case .mark(let what): "MARK cannot be used: \(what)."
        case .suppressionKey:
            "suppression.key is missing or damaged: people who are to be kept out cannot be recognised."
        case .erasure:
            "\(ErasurePlan.path) is not whole, or of another log: nobody can tell what was to be erased."
        case .endLost(let end, let durable, let witness):
            "The log ends at event \(end), but \(witness) says that it was durable up to event \(durable)."
        }
    }
}

/// Calls `body` and tells a failure of the file system as one of the log.
func failing<Value>(_ body: () throws(FileError) -> Value) throws(LogError) -> Value {
    do {
        return try body()
    } catch {
        throw .failed(error)
    }
}
