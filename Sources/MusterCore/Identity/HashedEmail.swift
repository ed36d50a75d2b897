/// The SHA-256 of an address, as a client hashed it; whether it hashed the normalised form cannot
/// be seen.
package struct HashedEmail: Hashable, Sendable {
    package let digest: Digest

    /// Reads 64 hex digits of either case, or 44 characters of base64.
    package init(_ text: Span<UInt8>) throws(MemberRejection) {
        let trimmed = text.withoutSpaces
        guard !trimmed.isEmpty else { throw .empty }
        let digits = text.extracting(trimmed)
        // A digest of zeros would look like an erased person.
        guard let digest = Digest(hex: digits) ?? Digest(base64: digits), !digest.isZero else {
            throw .notAHash
        }
        self.digest = digest
    }

    /// Reads a hash that is copied first.
    package init(_ text: some Collection<UInt8>) throws(MemberRejection) {
        try self.init(Array(text).span)
    }
}
