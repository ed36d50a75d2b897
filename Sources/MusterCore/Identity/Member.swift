/// A person as a client names one: an address, or an address's hash.
package enum Member: Hashable, Sendable {
    case email(Email)
    case hashed(HashedEmail)

    /// Reads a text: with an `@` it is an address, otherwise it must be a hash.
    package init(_ text: some Collection<UInt8>) throws(MemberRejection) {
        if text.contains(UInt8(ascii: "@")) {
            self = .email(try Email(text))
        } else {
            self = .hashed(try HashedEmail(text))
        }
    }

    package var digest: Digest {
        switch self {
        case .email(let email): email.digest
        case .hashed(let hashed): hashed.digest
        }
    }

    /// Whether it is one of the test identities of UID2 and EUID, in either form.
    package var isReserved: Bool { Self.reserved.contains(digest) }

    /// From the UID2 operator's constants; `optout@` and `refresh-optout@` answer as opted out,
    /// `validate@` is for tests of tokens.
    private static let reserved: Set<Digest> = Set(
        [
            "optout@example.com", "refresh-optout@example.com", "validate@example.com",
            "optout@unifiedid.com",
        ].map { Digest.sha256($0.utf8) })
}
