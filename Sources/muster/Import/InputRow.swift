import MusterCore

/// One row of the input: a change to make, or why there is none.
struct InputRow: Hashable {
    /// Which of the input's files it is in, counted from 0.
    var file = 0
    /// The line it begins on, counted from 1; for arguments their place.
    let line: Int
    let content: Content

    enum Content: Hashable {
        case change(Direction, member: String)
        case rejected(RowFault)
        /// What the daemon would reject, for the same reason.
        case noMember(MemberRejection, member: String)
    }

    var place: Place { Place(file: file, line: line) }

    /// Where a row stands.
    struct Place: Hashable {
        let file: Int
        let line: Int
    }
}

/// Whether a change lets someone in or out.
enum Direction: Hashable {
    case add
    case remove

    var other: Direction { self == .add ? .remove : .add }
}

/// Why a row cannot even be sent; the raw value is the reason's word.
enum RowFault: String, CaseIterable {
    case notText
    case tooLong
    case columnMissing
    case fieldMissing
    case notJSON
    case notTrack
    case notAudienceEvent
    case keyMissing
    case otherAudience
    case membershipMissing
    case eventDisagrees
    case emailMissing

    /// What is wrong, for people.
    var explanation: String {
        switch self {
        case .notText: "The row is not valid UTF-8; encode it again."
        case .tooLong: "The row is longer than any address or event is."
        case .columnMissing: "The record ends before the column."
        case .fieldMissing: "The object has no text in the field that --column names."
        case .notJSON: "The line is not a JSON object of the expected shape."
        case .notTrack: "The event is not of type track."
        case .notAudienceEvent: "The event is neither Audience Entered nor Audience Exited."
        case .keyMissing: "The event has no context.personas.computation_key."
        case .otherAudience: "The event is of another audience than --audience names."
        case .membershipMissing: "The event's properties do not say true or false for its audience."
        case .eventDisagrees: "The event's name and its properties disagree."
        case .emailMissing: "The event has no context.traits.email."
        }
    }
}

/// Why the rest of an input cannot be read.
struct InputError: Error, Hashable {
    let line: Int
    let message: String
}

/// Makes rows of bytes as they come.
protocol RowDecoder {
    /// The rows that end in `chunk`, or with `isLast` also the one the input ends in.
    mutating func rows(of chunk: [UInt8], isLast: Bool) throws(InputError) -> [InputRow]
}
