/// One person of a list: the digest, and the address where addresses are kept.
package struct Person: Hashable, Sendable {
    package let digest: Digest
    package let address: [UInt8]?

    package init(digest: Digest, address: [UInt8]?) {
        self.digest = digest
        self.address = address
    }
}
