/// The 16 random bytes in front of a commit's identities, without which a digest of the identities
/// would name them.
package struct Salt: Hashable, Sendable {
    package let first: UInt64
    package let second: UInt64

    package init(first: UInt64, second: UInt64) {
        self.first = first
        self.second = second
    }
}
