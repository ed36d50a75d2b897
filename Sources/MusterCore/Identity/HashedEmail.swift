/// The SHA-256 of an address, as a client hashed it; whether it hashed the normalised form cannot
/// be seen.
package struct HashedEmail: Hashable, Sendable {
    package let digest: Digest

    /// Reads 64 hex digits of either case, or 44 characters of base64.
    package init(_ text: some Collection<UInt8>) throws(MemberRejection) {
        let bytes = Email.trimmed(text)
        guard !bytes.isEmpty else { throw .empty }
        // A digest of zeros would look like an erased person.
        guard let digest = Digest(hex: bytes) ?? Digest(base64: bytes), !digest.isZero else {
            throw .notAHash
        }
        self.digest = digest
    }
}
