/// A person as a client names one: an address, or an address's hash.
package enum Member: Hashable, Sendable {
    case email(Email)
    case hashed(HashedEmail)

    /// The most bytes of a text that is read, with the spaces around it.
    package static let textLimit = 512

    /// Reads a text: with an `@` it is an address, otherwise it must be a hash.
    package init(_ text: Span<UInt8>) throws(MemberRejection) {
        self =
            try Self.isAddress(text)
            ? .email(try Email(text)) : .hashed(try Self.hash(text))
    }

    /// Whether a text is to be read as an address; refuses what is too long to be looked at.
    static func isAddress(_ text: Span<UInt8>) throws(MemberRejection) -> Bool {
        guard text.count <= textLimit else { throw .tooLong }
        for index in text.indices where text[index] == UInt8(ascii: "@") { return true }
        return false
    }

    /// Reads a text without an `@`.
    static func hash(_ text: Span<UInt8>) throws(MemberRejection) -> HashedEmail {
        do throws(MemberRejection) {
            return try HashedEmail(text)
        } catch {
            throw error == .notAHash && isPhone(text) ? .phone : error
        }
    }

    /// Whether a text looks like a phone number, as people and E.164 write one.
    private static func isPhone(_ text: Span<UInt8>) -> Bool {
        var digits = 0
        var hasPlus = false
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "+") where digits == 0 && !hasPlus: hasPlus = true
            case UInt8(ascii: " "), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                break
            default: return false
            }
        }
        return (7...15).contains(digits)
    }

    /// Reads a text that is copied first.
    package init(_ text: some Collection<UInt8>) throws(MemberRejection) {
        try self.init(Array(text).span)
    }

    package var digest: Digest {
        switch self {
        case .email(let email): email.digest
        case .hashed(let hashed): hashed.digest
        }
    }

    /// Whether it is one of the test identities of UID2 and EUID, in either form.
    package var isReserved: Bool { Self.isReserved(digest) }

    /// Whether `digest` is that of one of the test identities.
    static func isReserved(_ digest: Digest) -> Bool { reserved.contains(digest) }

    /// From the UID2 operator's constants; `optout@` and `refresh-optout@` answer as opted out,
    /// `validate@` is for tests of tokens.
    private static let reserved: [Digest] =
        [
            "optout@example.com", "refresh-optout@example.com", "validate@example.com",
            "optout@unifiedid.com",
        ].map { .sha256($0.utf8) }
}
