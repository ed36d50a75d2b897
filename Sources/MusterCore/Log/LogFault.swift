/// Why bytes of the log could not be read.
package enum LogFault: Error, Hashable, Sendable {
    /// A newer version wrote it: this one does not know the named thing.
    case newer(String)
    /// It follows no version of the format.
    case malformed(String)
}

/// Why an event cannot be written: it would not be read back as it was.
package enum EncodingFault: Error, Hashable, Sendable {
    case textTooLong
    case textHoldsZeroByte
    /// An identity of zero bytes only stands for an erased one.
    case zeroIdentity
    /// The event alone is larger than a commit may be.
    case eventTooLarge(bytes: Int)

    /// One sentence for people.
    package var message: String {
        switch self {
        case .textTooLong: "A text of an event is longer than \(RecordFormat.textLimit) bytes."
        case .textHoldsZeroByte: "A text of an event holds a zero byte."
        case .zeroIdentity: "An event names an identity of zero bytes only."
        case .eventTooLarge(let bytes):
            "An event takes \(bytes) bytes, more than the \(CommitFormat.bodyLimit) a commit holds."
        }
    }
}
