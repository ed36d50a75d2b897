/// Why a text is not taken as a member; the raw value is the word of the protocol.
package enum MemberRejection: String, Error, CaseIterable, BitwiseCopyable, Sendable {
    case empty
    case notText
    case tooLong
    case whiteSpace
    case controlCharacter
    case manyAts
    case emptyLocalPart
    case emptyDomain
    case notAHash
    case addressNeeded
    case reserved
    case phone
    case suppressed

    /// What is wrong and what to do, without a word of the text.
    package var explanation: String {
        switch self {
        case .empty: "The member is empty; leave it out."
        case .notText: "The member is not valid UTF-8; encode it again."
        case .tooLong: "The address is longer than 254 bytes, or the text than 512; correct it."
        case .whiteSpace: "The address has white space inside; correct it."
        case .controlCharacter: "The member has a control character; correct it."
        case .manyAts: "The address has more than one @; correct it."
        case .emptyLocalPart: "The address has nothing before the @ that counts; correct it."
        case .emptyDomain: "The address has nothing after the @; correct it."
        case .notAHash:
            "The member is neither an address nor a SHA-256 as 64 hex digits or 44 base64 characters."
        case .addressNeeded: "This audience stores addresses, and a hash cannot be turned into one."
        case .phone: "The member looks like a phone number; TTD's lists here take addresses only."
        case .suppressed: "This person asked to be left out; do not send the address again."
        case .reserved: "The address is one of TTD's test identities, which are never sent."
        }
    }
}
